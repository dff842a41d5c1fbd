/// A message as one release sends and reads it; the type of the message is hidden behind its fields.
public struct MessageRole: Sendable {
    /// Name of the message.
    public let message: String
    /// How it is recognised.
    public let identity: MessageIdentity
    /// Name of the layout.
    public let layout: String
    /// The fields that are sent.
    public let fields: [FieldDeclaration]
    /// Tells messages apart that share capability, type and name.
    let declaration: ObjectIdentifier
    /// What is read of a packet with some version: name of the layout and its fields; nil when the packet is dropped.
    let reading: @Sendable (Int16?) -> (layout: String, fields: [FieldDeclaration])?

    /// The role of `message` in a release; nil when that release does not have it. Of several layouts, which modules that
    /// are loaded decide between, the first is the usual one.
    init?<M: Message>(_ message: M.Type, in release: Release) {
        guard let layout = M.Layout.allCases.first(where: { M.releases(in: $0).contains(release) }) else { return nil }
        guard let identity = M.identity(in: layout) else { return nil }
        self.message = M.name.description
        self.declaration = ObjectIdentifier(M.self)
        self.identity = identity
        self.layout = M.layoutName(in: layout)
        self.fields = Recorder.fields(of: M.self, in: layout)
        self.reading = { version in
            guard let read = M.reading(version: version, in: layout) else { return nil }
            return (M.layoutName(in: read), Recorder.fields(of: M.self, in: read))
        }
    }
}
