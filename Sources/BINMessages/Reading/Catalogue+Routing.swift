public import BINWire

extension Catalogue {
    /// Where a packet says which node it comes from, by its framing and capability. Capabilities that are not declared
    /// are taken to have the trailer that all capabilities of modules have.
    public func routingKind(of bytes: RawSpan, _ header: PacketHeader) -> RoutingKind {
        let name = bytes.extracting(Int(header.capability.offset)..<header.typeOffset)
        return routingKind(header, indexOfCapability(named: name))
    }

    /// The same for a capability whose place in ``capabilities`` is known.
    func routingKind(_ header: PacketHeader, _ capability: Int?) -> RoutingKind {
        guard header.framing == .v2_3 else { return .none }
        if let capability, let family = capabilities[capability].families.first(where: { $0.type != nil }) {
            return family.candidates.last?.identity.routing ?? .trailer
        }
        return .trailer
    }
}
