import BINWire

/// Every declared message, found by capability and type.
public struct Catalogue: Sendable {
    /// The messages of one capability and type.
    public struct Family: Sendable {
        /// Packet type; nil for sync chunks.
        public let type: Int32?
        /// The ways to read it, oldest layout first.
        public internal(set) var candidates: [MessageCandidate]
    }

    /// The messages of one capability.
    public struct Capability: Sendable {
        /// Its name.
        public let name: String
        let nameBytes: [UInt8]
        /// Its messages.
        public internal(set) var families: [Family]
    }

    /// Every capability that has a declaration.
    public private(set) var capabilities: [Capability] = []

    /// What this library declares.
    public static let declared: Catalogue = {
        var catalogue = Catalogue()
        catalogue.addClusterer()
        catalogue.addUsrloc()
        catalogue.addDialog()
        catalogue.addRatelimit()
        catalogue.addLoadBalancer()
        catalogue.addDrouting()
        catalogue.addDispatcher()
        catalogue.addCachedbLocal()
        catalogue.addPresence()
        catalogue.addPua()
        catalogue.addTm()
        catalogue.addB2B()
        catalogue.addSiprec()
        catalogue.addRtpRelay()
        catalogue.addExtensions()
        return catalogue
    }()

    private mutating func addClusterer() {
        add(Ping.self)
        add(Pong.self)
        add(LinkStateUpdate.self)
        add(FullTopologyUpdate.self)
        add(UnknownID.self)
        add(JoinRequest.self)
        add(JoinAccept.self)
        add(JoinConfirm.self)
        add(TopologyDescription.self)
        add(NodeDescription.self)
        add(CapabilityUpdate.self)
        add(RemoveNode.self)
        add(GenericMessage.self)
        add(ManagementCommand.self)
        add(SyncRequest.self)
        add(SyncPacket.self)
        add(SyncEnd.self)
        add(SharingTagActive.self)
    }

    private mutating func addUsrloc() {
        add(AoRInsert.self)
        add(AoRDelete.self)
        add(ContactInsert.self)
        add(ContactUpdate.self)
        add(ContactDelete.self)
        add(ContactSyncChunk.self)
    }

    private mutating func addDialog() {
        add(DialogCreated.self)
        add(DialogUpdated.self)
        add(DialogDeleted.self)
        add(DialogSharingTagActive.self)
        add(DialogCSeqUpdate.self)
        add(DialogValue.self)
        add(ProfileCounters.self)
        add(DialogSyncChunk.self)
    }

    private mutating func addRatelimit() {
        add(PipeCounters.self)
        add(PipeAggregateEdge.self)
        add(PipeAggregateCore.self)
    }

    private var messages: [@Sendable (Release) -> MessageRole?] = []

    /// The messages that a release has, in the order of their declaration.
    func roles(in release: Release) -> [MessageRole] { messages.compactMap { $0(release) } }

    mutating func add<M: Message>(_ message: M.Type) {
        messages.append { MessageRole(M.self, in: $0) }
        for candidate in MessageCandidate.candidates(of: message) {
            let name = candidate.identity.capability
            let capability: Int
            if let known = capabilities.firstIndex(where: { $0.name == name }) {
                capability = known
            } else {
                capability = capabilities.count
                capabilities.append(Capability(name: name, nameBytes: Array(name.utf8), families: []))
            }
            let type = candidate.identity.type
            if let known = capabilities[capability].families.firstIndex(where: { $0.type == type }) {
                capabilities[capability].families[known].candidates.append(candidate)
            } else {
                capabilities[capability].families.append(Family(type: type, candidates: [candidate]))
            }
        }
    }

    /// The place of the capability whose name is `name` in ``capabilities``.
    func indexOfCapability(named name: RawSpan) -> Int? {
        capabilities.firstIndex { capability in
            guard capability.nameBytes.count == name.byteCount else { return false }
            for (position, byte) in capability.nameBytes.enumerated() where byte != name.uint8(uncheckedAt: position) {
                return false
            }
            return true
        }
    }

    /// Whether nodes of a release give all data of a capability in a sync. Nil when there is no declaration of it, as for the modules
    /// of others.
    public func hasSync(capability name: String, in release: Release) -> Bool? {
        let families = capabilities.filter { $0.name == name }.flatMap(\.families)
        guard families.contains(where: { $0.candidates.contains { $0.releases.contains(release) } }) else { return nil }
        return families.contains { $0.type == nil && $0.candidates.contains { $0.releases.contains(release) } }
    }

    /// The messages of a capability and type; `type` nil for sync chunks.
    func family(capability: Int, type: Int32?) -> Family? {
        capabilities[capability].families.first { $0.type == type }
    }
}
