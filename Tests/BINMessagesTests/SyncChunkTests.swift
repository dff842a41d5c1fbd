import BINMessages
import BINWire
import TestSupport
import Testing

/// Chunks at the edge of what servers send (Spec/clusterer.md, CL-57 and CL-59).
@Suite struct SyncChunkTests {
    private static let trailer = "01000000 02000000 01000000"

    /// A SYNC of `cachedb-local-repl` around `chunks`.
    private static func sync(version: Int16, _ chunks: String) throws -> [UInt8] {
        let name = Array("cachedb-local-repl".utf8)
        var writer = PacketWriter()
        try writer.begin(
            capability: Array("clusterer-extra".utf8).span.bytes, type: version == 1 ? 10 : 11, version: version,
            framing: .v2_3)
        try writer.write(name.span.bytes)
        try writer.writeRaw(bytes(chunks + trailer).span.bytes)
        try writer.finish()
        return writer.copyBytes()
    }

    @Test(arguments: [
        (1 as Int16, "b54a0506"), (2, "01000000 00000000 b54a0506"),
        (3, "01000000 00000000 b54a0506 00000000 b54a0506"),
    ])
    func `a chunk that was opened and left empty is read, and written with the same bytes`(
        version: Int16, chunks: String
    ) throws {
        let packet = try Self.sync(version: version, chunks)
        var description = try describe(packet, .v2_3)
        #expect(description.failure == nil)
        #expect(description.nodes.contains { $0.meaning == .chunkMarker })
        var writer = PacketWriter()
        description.verify(
            packet.span.bytes, try PacketHeader(datagram: packet.span.bytes, framing: .v2_3), using: &writer)
        #expect(description.failure == nil)
    }

    @Test(arguments: [
        (1 as Int16, "b54a0506 00"), (1, "b54a05"), (2, "01000000 00000000"), (2, "01000000 01000000 b54a0506"),
        (3, "01000000 ffffffff b54a0506"), (3, "01000000 00000000 b54a0507"),
    ])
    func `chunks that break off, or have no marker, are refused`(version: Int16, chunks: String) throws {
        #expect(try describe(Self.sync(version: version, chunks), .v2_3).failure != nil)
    }

    @Test func `bytes that no field explains are shown, also when an earlier chunk only broke off`() throws {
        // The first chunk ends behind its first field, the second one inside of its second.
        let chunks = "01000000 03000000 b54a0506 010061 05000000 b54a0506 0100610500"
        let packet = try Self.sync(version: 3, chunks)
        let description = try describe(packet, .v2_3)
        #expect(description.failure?.offset == packet.count - 12 - 13)
        #expect(description.trailing == (packet.count - 14)..<(packet.count - 12))
    }
}
