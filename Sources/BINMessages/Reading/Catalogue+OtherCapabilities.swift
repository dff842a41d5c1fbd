extension Catalogue {
    mutating func addLoadBalancer() {
        add(LoadBalancerStatusUpdate.self)
        add(LoadBalancerSyncChunk.self)
    }

    mutating func addDrouting() {
        add(GatewayStatusUpdate.self)
        add(CarrierStatusUpdate.self)
        add(DroutingSyncChunk.self)
    }

    mutating func addDispatcher() {
        add(DispatcherStatusUpdate.self)
        add(DispatcherSyncChunk.self)
    }

    mutating func addCachedbLocal() {
        add(CacheInsert.self)
        add(CacheRemove.self)
        add(CacheSyncChunk.self)
    }

    mutating func addPresence() {
        add(PresencePublish.self)
        add(PresenceQuery.self)
        add(PresenceSharingTagActive.self)
        add(PresenceSyncChunk.self)
    }

    mutating func addPua() {
        add(PuaUpdate.self)
    }

    mutating func addTm() {
        add(TransactionReply.self)
        add(TransactionRequest.self)
        add(TransactionCancel.self)
    }

    mutating func addB2B() {
        add(EntityCreate.self)
        add(EntityUpdate.self)
        add(EntityParameterUpdate.self)
        add(EntityAcknowledge.self)
        add(EntityDelete.self)
        add(LogicEntityDelete.self)
        add(MediaEntityDelete.self)
        add(EntitySyncChunk.self)
    }

    mutating func addSiprec() {
        add(SiprecSessionContext.self)
        add(SiprecContext.self)
    }

    mutating func addExtensions() {
        add(DeflateEnvelope.self)
        add(GossipSummary.self)
        add(GossipDigest.self)
        add(GossipDelta.self)
        add(HeartbeatRequest.self)
        add(Heartbeat.self)
        add(ProbeRequest.self)
        add(ProbeResult.self)
        add(LeaseRequest.self)
        add(LeaseAnswer.self)
        add(GossipMemory.self)
    }

    mutating func addRtpRelay() {
        add(RtpRelayOfferContext.self)
        add(RtpRelayContext.self)
    }
}
