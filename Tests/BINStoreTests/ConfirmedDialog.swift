import BINMessages
import BINWire
import Testing

/// A packet that says that a call was confirmed.
func confirmedDialog(_ number: Int32, _ profiles: String = "") throws -> [UInt8] {
    var texts: [UInt8] = []
    func text(_ string: String) -> Text {
        texts += Array(string.utf8)
        return Text(offset: UInt32(texts.count - string.utf8.count), length: UInt32(string.utf8.count))
    }
    var created = DialogCreated()
    created.dialog.callID = text("dialog-\(number)")
    created.dialog.fromTag = text("from")
    created.dialog.toTag = text("to")
    created.dialog.hashID = number
    created.dialog.state = 4
    created.dialog.profiles = text(profiles)
    created.dialog.timeout = 2_000_000_000
    let layout = try #require(DialogLayout.allCases.first { $0.releases.contains(Release(4, 0, 1)) })
    let identity = try #require(DialogCreated.identity(in: layout))
    var writer = PacketWriter()
    try writer.begin(
        capability: Array(identity.capability.utf8).span.bytes, type: identity.type ?? 1,
        version: identity.version ?? 0, framing: .v2_3)
    try created.encode(from: texts.span.bytes, in: layout, into: &writer)
    try writer.finish(routing: Routing(cluster: 1, source: 1, destination: 2))
    return writer.copyBytes()
}
