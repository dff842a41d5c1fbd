import BINWire

/// Makes the contents of the chunks with which a donor answers a SYNC_REQ (CL-53): the part behind size and marker.
///
/// For a donor whose packets are made elsewhere, as a member of a cluster makes them; ``ContactSyncProducer`` makes whole packets.
public struct ChunkContents: ~Copyable, Sendable {
    /// The release of the requester.
    public let release: Release
    /// The version of the data of contacts, as SYNC says it; nil when the release has no sync of contacts.
    public let contactVersion: Int16?
    /// The version of the data of dialogs; nil when the release has no sync of dialogs.
    public let dialogVersion: Int16?

    private let contactLayout: ContactLayout?
    private let dialogLayout: DialogLayout?
    private var writer: PacketWriter
    private var arena = TextArena()
    private var contactChunk = ContactSyncChunk()
    /// Where the content of a chunk begins in the packet that it is written in.
    private static let start = Framing.v2_3.fixedHeaderSize + 1 + 4

    /// For a requester of `release`.
    /// - Throws: ``ProductionFailure/notInRelease(_:_:)`` before 2.4, which has no sync.
    public init(for release: Release) throws(ProductionFailure) {
        let layouts = ReplicationLayouts(release)
        guard layouts.sync != nil else { throw .notInRelease("a sync", release) }
        self.release = release
        contactLayout = layouts.contact
        dialogLayout = layouts.dialog
        contactVersion = layouts.contact.flatMap { ContactSyncChunk.identity(in: $0)?.version }
        dialogVersion = layouts.dialog.flatMap { DialogSyncChunk.identity(in: $0)?.version }
        writer = PacketWriter(maximumLength: ReplicationProducer.maximumLength(release, .v2_3))
    }

    /// The chunk of an AoR; those of its contacts follow.
    /// - Throws: ``ProductionFailure``.
    public mutating func content(of record: AoRRecord) throws(ProductionFailure) -> [UInt8] {
        guard let contactLayout else { throw .notInRelease("contact sync", release) }
        arena.clear()
        contactChunk.kind = 0
        try contactChunk.aor.fill(record, &arena)
        return try encoded { chunk, writer throws(WireError) in
            try chunk.contactChunk.encode(from: chunk.arena, in: contactLayout, into: &writer)
        }
    }

    /// The chunk of a contact of the AoR whose chunk was made last.
    /// - Throws: ``ProductionFailure``.
    public mutating func content(of contact: borrowing Contact) throws(ProductionFailure) -> [UInt8] {
        guard let contactLayout else { throw .notInRelease("contact sync", release) }
        contactChunk.kind = 1
        try contactChunk.contact.record.fill(contact, in: contactLayout, release, matching: .uriAndCallID, &arena)
        return try encoded { chunk, writer throws(WireError) in
            try chunk.contactChunk.encode(from: chunk.arena, in: contactLayout, into: &writer)
        }
    }

    /// The chunk of a dialog whose texts stand in `texts`; variables and profiles are written in the form of the release.
    package mutating func content(
        of dialog: DialogState, texts: [UInt8], variables: [DialogText.Record], profiles: [DialogText.Record]
    ) throws(ProductionFailure) -> [UInt8] {
        guard let dialogLayout, dialogVersion != nil else { throw .notInRelease("dialog sync", release) }
        var chunk = DialogSyncChunk()
        chunk.dialog = dialog
        var texts = texts
        let form: DialogText.Form = dialogLayout.hasTypedValues ? .typed : .untyped
        func add(_ records: [DialogText.Record]) -> Text {
            let start = texts.count
            texts += DialogText.write(records, form)
            return Text(offset: UInt32(clamping: start), length: UInt32(clamping: texts.count - start))
        }
        chunk.dialog.variables = add(variables)
        chunk.dialog.profiles = add(profiles)
        return try encoded { _, writer throws(WireError) in
            try unsafe chunk.encodeBody(from: texts.span.bytes, in: dialogLayout, into: &writer)
        }
    }

    /// What `body` writes. The writer's packet only lends its room.
    private mutating func encoded(
        _ body: (inout ChunkContents, inout PacketWriter) throws(WireError) -> Void
    ) throws(ProductionFailure) -> [UInt8] {
        var writer = PacketWriter(maximumLength: 0)
        swap(&writer, &self.writer)
        defer { swap(&writer, &self.writer) }
        do throws(WireError) {
            let name: [UInt8] = [UInt8(ascii: "-")]
            try unsafe writer.begin(capability: name.span.bytes, type: 0, version: 0, framing: .v2_3)
            try body(&self, &writer)
            try writer.finish(routing: nil)
        } catch {
            throw ProductionFailure(error, maximum: writer.maximumLength)
        }
        return [UInt8](copying: writer.bytes.extracting(ChunkContents.start..<writer.offset))
    }
}
