import BINMessages
import BINWire
import Testing

/// One message in one layout, with what is to be shown of it.
struct OtherCapabilitiesCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Encodes random values, decodes them and encodes them again.
    let roundTrip: @Sendable (UInt64) throws -> (first: [UInt8], second: [UInt8])
    /// Decodes the random packet cut short at each byte; gives the cuts that were read as something they are not.
    let falseReadings: @Sendable (UInt64) throws -> [Int]
    /// Names of the declared fields and groups.
    let declaredNames: Set<String>
    /// Names of the fields and groups of a random packet.
    let names: @Sendable (UInt64) throws -> Set<String>

    static func cases<M: Message>(of message: M.Type) -> [OtherCapabilitiesCase] {
        M.Layout.allCases.filter { M.identity(in: $0) != nil }.map { layout in
            OtherCapabilitiesCase(
                testDescription: "\(M.name) \(M.layoutName(in: layout)) of \(M.releases(in: layout))",
                roundTrip: { seed in
                    let first = try randomPacket(M.self, layout, seed)
                    let header = try PacketHeader(datagram: first.span.bytes, framing: layout.framing)
                    var writer = PacketWriter()
                    try rewrite(M.self, layout, first, header.bodyOffset..<first.count, &writer)
                    return (first, writer.copyBytes())
                },
                falseReadings: { seed in
                    let packet = try randomPacket(M.self, layout, seed)
                    let header = try PacketHeader(datagram: packet.span.bytes, framing: layout.framing)
                    var writer = PacketWriter()
                    return (header.bodyOffset..<packet.count).filter { end in
                        do throws(WireError) {
                            try rewrite(M.self, layout, packet, header.bodyOffset..<end, &writer)
                        } catch {
                            return error.offset > UInt32(end)
                        }
                        return writer.copyBytes()[header.bodyOffset...] != packet[header.bodyOffset..<end]
                    }
                },
                declaredNames: names(in: Recorder.fields(of: M.self, in: layout)),
                names: { seed in
                    let packet = try randomPacket(M.self, layout, seed)
                    let header = try PacketHeader(datagram: packet.span.bytes, framing: layout.framing)
                    let cursor = FieldCursor(
                        packet.span.bytes, range: header.bodyOffset..<packet.count, framing: layout.framing)
                    var message = M()
                    var describer = Describer(cursor)
                    try message.fields(&describer, in: layout)
                    return Set(describer.finish().map { $0.name.description })
                })
        }
    }

    private static func names(in fields: [FieldDeclaration]) -> Set<String> {
        fields.reduce(into: []) { names, field in
            switch field.shape {
            case .condition(_, let inner), .textCondition(_, let inner), .remainder(let inner):
                names.formUnion(Self.names(in: inner))
            case .records(_, let inner), .group(let inner):
                names.insert(field.name)
                names.formUnion(Self.names(in: inner))
            default: names.insert(field.name)
            }
        }
    }

    private static func randomPacket<M: Message>(
        _ message: M.Type, _ layout: M.Layout, _ seed: UInt64
    ) throws(WireError) -> [UInt8] {
        var filler = OtherCapabilitiesFiller(Recorder.fields(of: M.self, in: layout), seed: seed)
        var message = M()
        try message.fields(&filler, in: layout)
        var writer = PacketWriter()
        try begin(M.self, layout, &writer)
        try message.encode(from: filler.arena.span.bytes, in: layout, into: &writer)
        try writer.finish()
        return writer.copyBytes()
    }

    private static func rewrite<M: Message>(
        _ message: M.Type, _ layout: M.Layout, _ packet: [UInt8], _ body: Range<Int>, _ writer: inout PacketWriter
    ) throws(WireError) {
        let bytes = packet.span.bytes
        var message = try M(decoding: bytes, range: body, in: layout)
        try begin(M.self, layout, &writer)
        try message.encode(from: bytes, in: layout, into: &writer)
        try writer.finish()
    }

    private static func begin<M: Message>(
        _ message: M.Type, _ layout: M.Layout, _ writer: inout PacketWriter
    ) throws(WireError) {
        let identity = M.identity(in: layout)
        let capability = Array((identity?.capability ?? "none").utf8)
        try writer.begin(
            capability: capability.span.bytes, type: identity?.type ?? 0, version: identity?.version ?? 0,
            framing: layout.framing)
    }

    /// Every message of the capabilities beside clusterer, usrloc, dialog and ratelimit.
    static let all: [OtherCapabilitiesCase] =
        cases(of: LoadBalancerStatusUpdate.self) + cases(of: LoadBalancerSyncChunk.self)
        + cases(of: GatewayStatusUpdate.self) + cases(of: CarrierStatusUpdate.self) + cases(of: DroutingSyncChunk.self)
        + cases(of: DispatcherStatusUpdate.self) + cases(of: DispatcherSyncChunk.self)
        + cases(of: CacheInsert.self) + cases(of: CacheRemove.self) + cases(of: CacheSyncChunk.self)
        + presenceAndTransactions + entities + contexts

    private static let presenceAndTransactions: [OtherCapabilitiesCase] =
        cases(of: PresencePublish.self) + cases(of: PresenceQuery.self) + cases(of: PresenceSharingTagActive.self)
        + cases(of: PresenceSyncChunk.self) + cases(of: PuaUpdate.self)
        + cases(of: TransactionReply.self) + cases(of: TransactionRequest.self) + cases(of: TransactionCancel.self)

    private static let entities: [OtherCapabilitiesCase] =
        cases(of: EntityCreate.self) + cases(of: EntityUpdate.self) + cases(of: EntityParameterUpdate.self)
        + cases(of: EntityAcknowledge.self) + cases(of: EntityDelete.self) + cases(of: LogicEntityDelete.self)
        + cases(of: MediaEntityDelete.self) + cases(of: EntitySyncChunk.self)

    private static let contexts: [OtherCapabilitiesCase] =
        cases(of: SiprecSessionContext.self) + cases(of: SiprecContext.self)
        + cases(of: RtpRelayOfferContext.self) + cases(of: RtpRelayContext.self)
}

@Suite("Messages of the other capabilities")
struct OtherCapabilitiesPropertyTests {
    @Test("What was decoded is encoded to the same bytes", arguments: OtherCapabilitiesCase.all)
    func decodedMessagesEncodeToTheSameBytes(of message: OtherCapabilitiesCase) throws {
        for seed in 0..<40 as Range<UInt64> {
            let (first, second) = try message.roundTrip(seed)
            #expect(first == second, "seed \(seed)")
        }
    }

    @Test("A packet that is cut short is refused or says something else", arguments: OtherCapabilitiesCase.all)
    func cutPacketsAreRefusedOrSaySomethingElse(of message: OtherCapabilitiesCase) throws {
        for seed in 0..<4 as Range<UInt64> {
            let falseReadings = try message.falseReadings(seed)
            #expect(falseReadings.isEmpty, "seed \(seed)")
        }
    }

    @Test("Random messages have every declared field sooner or later", arguments: OtherCapabilitiesCase.all)
    func randomMessagesHaveEveryField(of message: OtherCapabilitiesCase) throws {
        var missing = message.declaredNames
        var seed: UInt64 = 0
        while !missing.isEmpty, seed < 1000 {
            missing.subtract(try message.names(seed))
            seed += 1
        }
        #expect(missing.isEmpty)
    }

    @Test("Every capability that is not the clusterer's has a message")
    func everyCapabilityIsDeclared() {
        let names = Set(Catalogue.declared.capabilities.map(\.name))
        let expected: Set<String> = [
            "load_balancer", "load_balancer-status-repl", "drouting", "drouting-status-repl", "dispatcher-status-repl",
            "cachedb-local-repl", "presence", "pua", "tm-repl", "b2be-entities-repl", "siprec", "rtp_relay_ctx",
        ]
        #expect(expected.isSubset(of: names))
    }
}
