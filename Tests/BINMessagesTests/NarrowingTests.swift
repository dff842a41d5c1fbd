import BINMessages
import BINWire
import TestSupport
import Testing

/// What can be told of the sender's release from its packets.
@Suite struct NarrowingTests {
    private var contact: (message: ContactInsert, arena: [UInt8]) {
        var arena = Arena()
        var message = ContactInsert()
        message.record.domain = arena.text("location")
        message.record.aor = arena.text("alice")
        message.record.contact = arena.text("sip:alice@10.0.0.9")
        message.record.callID = arena.text("c1")
        message.record.match.mode = 2
        message.record.match.parameters = arena.list(["pn-prid"])
        return (message, arena.bytes)
    }

    @Test(arguments: ContactLayout.allCases)
    func `a contact insert tells its layout`(layout: ContactLayout) throws {
        let packet = try packet(contact.message, in: layout, from: contact.arena)
        let description = try describe(packet, layout.framing)
        #expect(description.failure == nil)
        #expect(layout.releases.isSubset(of: description.releases))
        // Inserts of 2.4.2 and of 2.4.3–2.4.6 look the same; all others differ in version, framing or length.
        #expect(description.layout == (layout == .e || layout == .f ? "U-E|U-F" : layout.name))
    }

    @Test func `the form of variables tells 3_3 from 3_4, which share a version`() throws {
        for (layout, text) in [(DialogLayout.k, "a#b|"), (.l, "a#1#b|")] {
            var arena = Arena()
            var message = DialogCreated()
            message.dialog.callID = arena.text("c1")
            message.dialog.variables = arena.text(text)
            let description = try describe(packet(message, in: layout, from: arena.bytes), .v2_3)
            #expect(description.layout == layout.name)
        }
    }

    @Test func `without variables both remain`() throws {
        var arena = Arena()
        var message = DialogCreated()
        message.dialog.callID = arena.text("c1")
        let description = try describe(packet(message, in: .k, from: arena.bytes), .v2_3)
        #expect(description.releases.description == "3.1.6–3.1.17, 3.2.3–4.0")
        #expect(description.layout == "D-K|D-L")
    }

    @Test func `records with flags are told from records without`() throws {
        for (layout, name) in [(PipeLayout.b, "R-B"), (.c, "R-C")] {
            var arena = Arena()
            var message = PipeCounters()
            for pipe in ["inv", "sbt"] {
                var record = Pipe()
                record.name = arena.text(pipe)
                record.flags = 1
                record.algorithm = 1
                record.limit = 20
                message.pipes.append(record)
            }
            let description = try describe(packet(message, in: layout, from: arena.bytes), .v2_3)
            #expect(description.layout == name)
        }
    }

    @Test func `what a node sent before decides what it means now`() throws {
        var interpreter = Interpreter()
        var description = PacketDescription()
        func interpret(_ packet: [UInt8]) throws {
            let header = try PacketHeader(datagram: packet.span.bytes, framing: .v2_3)
            interpreter.interpret(packet.span.bytes, header, from: SenderAddress(high: 0, low: 0), into: &description)
        }
        var arena = Arena()
        var delete = AoRDelete()
        delete.domain = arena.text("location")
        delete.aor = arena.text("alice")
        let deletePacket = try packet(delete, in: .g, from: arena.bytes)
        try interpret(deletePacket)
        #expect(description.layout == "U-G|U-I")
        try interpret(packet(contact.message, in: .g, from: contact.arena))
        #expect(description.layout == "U-G")
        try interpret(deletePacket)
        #expect(description.layout == "U-G")
        #expect(description.releases.description == "2.4.7–2.4.11")
        try interpret(packet(contact.message, in: .k, from: contact.arena))
        #expect(description.contradictsEarlierPackets)
        #expect(description.releases.description == "3.6–4.1")
    }

    @Test
    func `the layouts of a packet are those it fits, not those that an earlier one with the same releases fitted`()
        throws
    {
        var arena = Arena()
        var message = EntityAcknowledge()
        message.entity.moduleName = arena.text("b2b_logic")
        message.tail.isPresent = true
        message.tail.logic.tupleInfo = 2
        message.tail.logic.lifetime = 1
        // In 3.2 with scenarios in XML the lifetime and the count are the next state and the lifetime, an empty value the count.
        message.tail.logic.values = [ContextValue()]
        let both = try packet(message, in: .d, from: arena.bytes)
        message.tail.logic.nextState = 6758
        message.tail.logic.lifetime = 14114
        let one = try packet(message, in: .c, from: arena.bytes)
        var interpreter = Interpreter(release: Release(3, 2, 1))
        for (bytes, layout) in [(both, "B2B-C|B2B-D"), (one, "B2B-C")] {
            var description = PacketDescription()
            let header = try PacketHeader(datagram: bytes.span.bytes, framing: .v2_3)
            interpreter.interpret(bytes.span.bytes, header, from: SenderAddress(high: 0, low: 0), into: &description)
            #expect(description.failure == nil)
            #expect(description.layout == layout)
        }
    }

    @Test func `a forced release refuses what it does not send`() throws {
        let packet = try packet(contact.message, in: .k, from: contact.arena)
        #expect(try describe(packet, .v2_3, release: Release(3, 6, 8)).failure == nil)
        let refused = try describe(packet, .v2_3, release: Release(3, 4, 18))
        #expect(refused.failure != nil)
        #expect(refused.releases.description == "3.4.18")
    }

    @Test func `sync chunks tell the layout of the inner capability`() throws {
        for layout in ContactLayout.allCases where layout >= .d {
            let clusterer = try #require(
                ClustererLayout.allCases.first { $0.releases.overlaps(layout.releases) })
            let sized = clusterer >= .bSync2 && clusterer != .bTagsSync1
            let packet = try sync(layout, clusterer, sized: sized)
            let description = try describe(packet, .v2_3)
            #expect(description.failure == nil, "\(layout.name): \(String(describing: description.failure))")
            #expect(description.releases.overlaps(layout.releases))
            #expect(fields(description, packet).filter { $0 == "aor=\"alice\"" }.count == 2)
        }
    }

    /// A sync packet with an address of record and a contact.
    private func sync(_ layout: ContactLayout, _ clusterer: ClustererLayout, sized: Bool) throws -> [UInt8] {
        var content: [[UInt8]] = []
        for kind in [0, 1] as [Int32] {
            var arena = Arena()
            var chunk = ContactSyncChunk()
            chunk.kind = kind
            chunk.aor.domain = arena.text("location")
            chunk.aor.aor = arena.text("alice")
            chunk.contact.record.aor = chunk.aor.aor
            chunk.contact.record.contact = arena.text("sip:alice@10.0.0.9")
            var writer = PacketWriter()
            try writer.begin(capability: [0x78 as UInt8].span.bytes, type: 0, version: 0, framing: .v2_3)
            let start = writer.offset
            try chunk.encode(from: arena.bytes.span.bytes, in: layout, into: &writer)
            try writer.finish()
            content.append(Array(writer.copyBytes().dropFirst(start)))
        }
        let identity = try #require(SyncPacket.identity(in: clusterer))
        var writer = PacketWriter()
        try writer.begin(
            capability: Array("clusterer-extra".utf8).span.bytes, type: try #require(identity.type),
            version: identity.version ?? 0, framing: .v2_3)
        try writer.write(Array("usrloc-contact-repl".utf8).span.bytes)
        if sized { try writer.write(Int32(layout.version ?? 0)) }
        for bytes in content {
            if sized { try writer.write(Int32(bytes.count)) }
            try writer.write(SyncChunks.marker)
            try writer.writeRaw(bytes.span.bytes)
        }
        try writer.finish(routing: Routing(cluster: 1, source: 1, destination: 2))
        return writer.copyBytes()
    }
}
