import BINMessages
import BINWire
import TestSupport
import Testing

@Suite("Layouts of the other capabilities")
struct OtherCapabilitiesLayoutTests {
    typealias Arena = OtherCapabilitiesArena

    @Test("The bit of a carrier that is off tells 3.0 from 3.1")
    func carrierBitTellsReleases() throws {
        var arena = Arena()
        var message = CarrierStatusUpdate()
        message.partition = arena.text("Default")
        message.carrier = arena.text("cr1")
        message.statusFlags = 4
        let old = try Arena.description(of: arena.packet(message, in: .a))
        #expect(old.failure == nil)
        #expect(old.layout == "DR-A")
        #expect(old.releases == ReleaseSet(.from((2, 4), through: (3, 0))))
        message.statusFlags = 2
        let new = try Arena.description(of: arena.packet(message, in: .b))
        #expect(new.layout == "DR-B")
        #expect(new.releases == ReleaseSet(.from((3, 1), through: (4, 1))))
        message.statusFlags = 0
        let either = try Arena.description(of: arena.packet(message, in: .a))
        #expect(either.layout == "DR-A|DR-B")
    }

    @Test("The types of presence packets tell 3.0 from 3.1")
    func presenceTypesTellReleases() throws {
        var arena = Arena()
        var query = PresenceQuery()
        query.presentityURI = arena.text("sip:alice@example.com")
        query.event = arena.text("presence")
        #expect(try Arena.description(of: arena.packet(query, in: .b)).layout == "PR-A|PR-B")
        #expect(try Arena.description(of: arena.packet(query, in: .c)).layout == "PR-C")
    }

    private func cancel(_ arena: inout Arena) -> TransactionCancel {
        var message = TransactionCancel()
        message.received.transport = 1
        message.received.socket = arena.text("192.0.2.1")
        message.received.port = 5060
        message.received.sourceAddress = arena.text(
            [2, 0, 0, 0, 4, 0, 0, 0, 192, 0, 2, 7] + [UInt8](repeating: 0, count: 12))
        message.received.sourcePort = 5062
        message.received.message = arena.text("CANCEL sip:b@example.com SIP/2.0\r\n\r\n\0")
        message.branch.offset = 7
        message.branch.length = 5
        return message
    }

    @Test("A length of a missing part of the Via tells 2.4.5 and earlier")
    func missingViaPartTellsReleases() throws {
        var arena = Arena()
        let message = cancel(&arena)
        let old = try Arena.description(of: arena.packet(message, in: .a))
        #expect(old.failure == nil)
        #expect(old.layout == "TM-A")
        let new = try Arena.description(of: arena.packet(message, in: .b))
        #expect(new.failure == nil)
        #expect(new.layout == "TM-B|TM-C")
    }

    @Test("A socket without a port is named by its tag, so the sender is 3.0.5, 3.1.2 or later")
    func socketTagTellsReleases() throws {
        var arena = Arena()
        var message = TransactionReply()
        message.received = cancel(&arena).received
        message.received.port = 0
        #expect(try Arena.description(of: arena.packet(message, in: .c)).layout == "TM-C")
    }

    private func entity(_ arena: inout Arena, module: String) -> EntityState {
        var entity = EntityState()
        entity.key.calleeTag = arena.text("B2B.1.2")
        entity.key.callID = arena.text("call@example.com")
        entity.moduleName = arena.text(module)
        entity.state = 5
        return entity
    }

    @Test("Two different session descriptions tell 3.4.17 from 3.4.16")
    func incomingDescriptionTellsReleases() throws {
        var arena = Arena()
        var message = EntityCreate()
        message.entity = entity(&arena, module: "b2b_logic")
        message.tail.isPresent = true
        message.tail.logic.tupleInfo = 1
        message.tail.logic.hasPlace = true
        message.tail.logic.place.firstSDP = arena.text("v=0 in")
        message.tail.logic.place.outgoingSDP = arena.text("v=0 out")
        let different = try Arena.description(of: arena.packet(message, in: .j))
        #expect(different.failure == nil)
        #expect(different.layout == "B2B-G|B2B-J")
        message.tail.logic.place.firstSDP = arena.text("v=0 out")
        let same = try Arena.description(of: arena.packet(message, in: .f))
        #expect(same.layout == "B2B-F|B2B-G|B2B-H|B2B-I|B2B-J")
    }

    @Test("An entity that left its tuple has no place in it")
    func entityWithoutPlace() throws {
        var arena = Arena()
        var message = EntityCreate()
        message.entity = entity(&arena, module: "b2b_logic")
        message.tail.isPresent = true
        message.tail.logic.tupleInfo = 1
        let description = try Arena.description(of: arena.packet(message, in: .j))
        #expect(description.failure == nil)
        #expect(description.node("valuesCount") != nil)
        #expect(description.node("entityNo") == nil)
    }

    @Test("An entity of a module that appends nothing has no tail, and none is accepted")
    func entityWithoutTail() throws {
        var arena = Arena()
        var message = EntityCreate()
        message.entity = entity(&arena, module: "another_module")
        var packet = try arena.packet(message, in: .j)
        #expect(try Arena.description(of: packet).failure == nil)
        packet.insert(contentsOf: [0, 0, 0, 0], at: packet.count - 12)
        packet[4] += 4
        #expect(try Arena.description(of: packet).failure?.reason == .wire(.trailingBytes))
    }

    @Test("The bytes of a deleted entity tell its module")
    func deletionTellsModule() throws {
        var arena = Arena()
        let key = entity(&arena, module: "").key
        var plain = EntityDelete()
        plain.key = key
        let nothing = try Arena.description(of: arena.packet(plain, in: .h))
        #expect(nothing.failure == nil)
        #expect(nothing.node("tail") == nil)
        var logic = LogicEntityDelete()
        logic.key = key
        logic.logic.tupleInfo = 2
        logic.logic.lifetime = 30
        let tuple = try Arena.description(of: arena.packet(logic, in: .h))
        #expect(tuple.failure == nil)
        #expect(tuple.node("lifetime")?.value == 30)
        #expect(tuple.layout?.contains("b2b_logic") == true)
        var media = MediaEntityDelete()
        media.key = key
        media.media.callID = arena.text("dialog@example.com")
        media.media.leg = 2
        let session = try Arena.description(of: arena.packet(media, in: .h))
        #expect(session.failure == nil)
        #expect(session.node("leg")?.value == 2)
        #expect(session.layout?.contains("media_exchange") == true)
        #expect(session.layout?.contains("b2b_logic") == false)
    }

    @Test("The update of a media session is that of a fork when the fields of one follow")
    func mediaUpdate() throws {
        var arena = Arena()
        var message = EntityUpdate()
        message.entity = entity(&arena, module: "media_exchange")
        message.tail.isPresent = true
        message.tail.media.callID = arena.text("dialog@example.com")
        message.tail.media.leg = 1
        let exchange = try Arena.description(of: arena.packet(message, in: .j))
        #expect(exchange.failure == nil)
        #expect(exchange.node("streams") == nil)
        message.tail.media.isForkUpdate = true
        message.tail.media.streams = -1
        let fork = try Arena.description(of: arena.packet(message, in: .j))
        #expect(fork.failure == nil)
        #expect(fork.node("streams")?.value == -1)
    }

    @Test("A count of more elements than a packet can hold is refused")
    func excessiveCountsAreRefused() throws {
        var arena = Arena()
        var message = EntityCreate()
        message.entity = entity(&arena, module: "b2b_logic")
        message.tail.isPresent = true
        message.tail.logic.tupleInfo = 3
        var packet = try arena.packet(message, in: .j)
        packet.replaceSubrange((packet.count - 16)..<(packet.count - 12), with: [0xFF, 0xFF, 0xFF, 0x7F])
        let failure = try Arena.description(of: packet).failure
        #expect(failure?.reason == .wire(.countOutOfRange))
        #expect(failure?.field == "valuesCount")
    }
}

@Suite("Values of the other capabilities")
struct OtherCapabilitiesValueTests {
    @Test("A raw address is read with its family")
    func rawAddresses() {
        let four: [UInt8] = [2, 0, 0, 0, 4, 0, 0, 0, 192, 0, 2, 7] + [UInt8](repeating: 9, count: 12)
        let ipv4 = RawAddress(four.span.bytes)
        #expect(ipv4?.text == "192.0.2.7")
        #expect(ipv4?.family == 2)
        #expect(ipv4?.unused.count == 12)
        let six: [UInt8] = [10, 0, 0, 0, 16, 0, 0, 0, 0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
        #expect(RawAddress(six.span.bytes)?.text == "2001:db8:0:0:0:0:0:1")
    }

    @Test("Bytes that are no raw address are not taken for one")
    func noRawAddress() {
        let short: [UInt8] = [2, 0, 0, 0, 4, 0, 0, 0]
        #expect(RawAddress(short.span.bytes) == nil)
        let overlong: [UInt8] = [2, 0, 0, 0, 17, 0, 0, 0] + [UInt8](repeating: 0, count: 16)
        #expect(RawAddress(overlong.span.bytes) == nil)
    }

    @Test("Flags by name give the same bits back", arguments: Meaning.allCases.filter { $0.flagNames != nil })
    func flagNames(of meaning: Meaning) throws {
        let names = try #require(meaning.flagNames)
        for bit in 0..<32 {
            let value = Int32(bitPattern: 1 << UInt32(bit))
            #expect(names.value(of: names.names(in: value)) == value)
        }
    }

    @Test("A method has a name when it is one method")
    func methods() {
        #expect(Meaning.method.name(of: 4) == "ACK")
        #expect(Meaning.method.name(of: 0) == nil)
        #expect(Meaning.method.name(of: 3) == nil)
    }
}
