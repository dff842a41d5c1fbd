import BINCapture
import BINMessages
import BINWire
import Foundation
import Testing

/// Every capture of the corpus against what is known of it.
@Suite struct CaptureContentsTests {
    /// Capabilities whose fields are declared.
    static func isDeclared(_ capability: String) -> Bool {
        Catalogue.declared.capabilities.contains { $0.name == capability }
    }

    @Test(arguments: Corpus.captures)
    func `all packets are found, none is refused and nothing is missing`(capture: String) throws {
        let contents = try Corpus.contents(of: capture)
        #expect(contents.refused.isEmpty)
        #expect(contents.notices.isEmpty)
        var counted: [String: Int] = [:]
        for packet in contents.packets {
            let version = packet.header.hasVersion ? "\(packet.header.version)" : "-"
            counted["\(packet.capability) \(packet.header.type) \(version)", default: 0] += 1
        }
        var expected: [String: Int] = [:]
        for count in try Corpus.truth(of: capture).counts {
            expected["\(count.capability) \(count.type) \(count.version.map { "\($0)" } ?? "-")", default: 0] +=
                count.packets
        }
        #expect(counted == expected)
    }

    @Test(arguments: Corpus.captures)
    func `each declared packet is decoded to its last byte and encodes to the same bytes`(capture: String) throws {
        var interpreter = Interpreter()
        var description = PacketDescription()
        var writer = PacketWriter()
        for packet in try Corpus.contents(of: capture).packets {
            let bytes = packet.bytes.span.bytes
            interpreter.interpret(bytes, packet.header, from: packet.sender, into: &description)
            description.verify(bytes, packet.header, using: &writer)
            guard let failure = description.failure else { continue }
            let isUndeclared = failure.reason == .undeclaredCapability && !Self.isDeclared(failure.capability)
            #expect(isUndeclared, "\(failure)")
        }
    }

    @Test(arguments: Corpus.captures)
    func `the release that recorded it is among those that fit`(capture: String) throws {
        guard let release = Corpus.release(of: capture) else { return }
        var interpreter = Interpreter()
        var description = PacketDescription()
        for packet in try Corpus.contents(of: capture).packets {
            interpreter.interpret(packet.bytes.span.bytes, packet.header, from: packet.sender, into: &description)
            #expect(description.releases.contains(release), "\(description.sender) fits \(description.releases)")
            #expect(!description.contradictsEarlierPackets)
        }
    }

    @Test(arguments: Corpus.captures)
    func `told the release, every declared packet is decoded too`(capture: String) throws {
        guard let release = Corpus.release(of: capture) else { return }
        var interpreter = Interpreter(release: release)
        var description = PacketDescription()
        for packet in try Corpus.contents(of: capture).packets {
            interpreter.interpret(packet.bytes.span.bytes, packet.header, from: packet.sender, into: &description)
            if let failure = description.failure {
                #expect(failure.reason == .undeclaredCapability, "\(failure)")
            }
        }
    }

    @Test(arguments: Corpus.captures)
    func `each byte of a body belongs to exactly one field`(capture: String) throws {
        var interpreter = Interpreter()
        var description = PacketDescription()
        for packet in try Corpus.contents(of: capture).packets {
            interpreter.interpret(packet.bytes.span.bytes, packet.header, from: packet.sender, into: &description)
            var position = packet.header.bodyOffset
            for node in description.nodes where node.isField {
                #expect(Int(node.offset) == position, "\(node.name) of \(packet.capability) \(packet.header.type)")
                position += Int(node.length)
            }
            #expect(position == packet.header.length - (description.routing?.size ?? 0))
        }
    }
}
