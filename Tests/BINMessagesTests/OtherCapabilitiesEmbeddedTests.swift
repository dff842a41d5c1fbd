import BINMessages
import BINWire
import TestSupport
import Testing

@Suite("Packets inside of dialog variables")
struct OtherCapabilitiesEmbeddedTests {
    typealias Arena = OtherCapabilitiesArena

    private func session(_ arena: inout Arena) -> SiprecSession {
        var session = SiprecSession()
        session.time = 1_795_000_000
        session.recordingServer = arena.text("sip:srs@example.com")
        session.identifier = arena.text("AAAAAAAAAAAAAAAAAAAAAA==")
        session.callID = arena.text("recording@example.com")
        session.repeatedCallID = session.callID
        var participant = SiprecParticipant()
        participant.kind = 1
        participant.aor = arena.text("sip:alice@example.com")
        participant.identifier = session.identifier
        var stream = SiprecStream()
        stream.identifier = session.identifier
        stream.label = 7
        participant.streams = [stream]
        session.participants = [participant, participant]
        return session
    }

    private func embedded(_ variable: String, _ value: [UInt8]) -> PacketDescription? {
        let name = Array(variable.utf8)
        return Interpreter.embeddedPacket(inVariable: name.span.bytes, value: value.span.bytes)?.description
    }

    @Test("Every layout of a recording session is recognised by its bytes", arguments: SiprecLayout.allCases)
    func recordingSessions(in layout: SiprecLayout) throws {
        var arena = Arena()
        let session = session(&arena)
        let packet: [UInt8]
        if layout == .e {
            var context = SiprecContext()
            context.sessions = [session, session]
            packet = try arena.packet(context, in: layout)
        } else {
            var context = SiprecSessionContext()
            context.session = session
            packet = try arena.packet(context, in: layout)
        }
        let description = try #require(embedded("siprecX_ctx", packet))
        #expect(description.layout == layout.name)
        #expect(description.routing == nil)
        #expect(description.node("label")?.value == 7)
    }

    @Test("A relay context is read with the copies of its engine", arguments: ["rtpengine", "rtpproxy", "route"])
    func relayContexts(of engine: String) throws {
        var arena = Arena()
        var context = RtpRelayContext()
        context.relay = arena.text(engine)
        context.caller.index = 1
        var proxy = RtpProxyCopy()
        proxy.id = arena.text("copy")
        proxy.callerStreams = [RtpProxyStream()]
        var relayed = RtpEngineCopy()
        relayed.id = proxy.id
        var other = RtpOtherCopy()
        other.id = proxy.id
        switch engine {
        case "rtpengine": context.engineCopies = [relayed]
        case "rtpproxy": context.proxyCopies = [proxy]
        default: context.otherCopies = [other]
        }
        let description = try #require(embedded("_rtp_relay_ctx_", arena.packet(context, in: .b)))
        #expect(description.layout == "RR-B")
        #expect((description.node("callerCount") != nil) == (engine == "rtpproxy"))
        #expect(description.node("calleeLeg")?.kind == .beginGroup)
    }

    @Test("The relay context of 3.2 has a version of its own")
    func offerContext() throws {
        var arena = Arena()
        var context = RtpRelayOfferContext()
        context.relay = arena.text("rtpproxy")
        #expect(try embedded("_rtp_relay_ctx_", arena.packet(context, in: .a))?.layout == "RR-A")
    }

    @Test("A value that is not exactly the variable's packet is left alone")
    func otherValues() throws {
        var arena = Arena()
        var context = RtpRelayOfferContext()
        context.relay = arena.text("rtpproxy")
        let packet = try arena.packet(context, in: .a)
        #expect(embedded("another_variable", packet) == nil)
        #expect(embedded("siprecX_ctx", packet) == nil)
        #expect(embedded("_rtp_relay_ctx_", []) == nil)
        #expect(embedded("_rtp_relay_ctx_", packet + [0]) == nil)
        for end in packet.indices {
            #expect(embedded("_rtp_relay_ctx_", Array(packet[..<end])) == nil)
            // Also with a length that says so.
            var shorter = Array(packet[..<end])
            if end > 6 {
                shorter[4] = UInt8(truncatingIfNeeded: end)
                shorter[5] = 0
            }
            #expect(embedded("_rtp_relay_ctx_", shorter) == nil)
        }
    }
}
