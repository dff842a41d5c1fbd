public import BINReplica

/// What records of a replica there are.
public enum RecordKind: Hashable, Sendable, CaseIterable {
    case contacts
    case dialogs
}

/// Where a replica is kept outside of the process.
public protocol RecordSink: Sendable {
    /// Keeps changes: on return they survive the end of this process. What failed can be written again.
    func write(_ changes: [RecordChange]) async throws(StoreFailure)

    /// Says that the replica begins anew, and that what is kept stands only until it comes again.
    func beginResync() async throws(StoreFailure)

    /// Says that everything came that there is of a kind: takes out what was kept before and did not come again.
    /// - Parameter replica: what there is.
    /// - Returns: how many records were taken out.
    func endResync(of kind: RecordKind, _ replica: Replica) async throws(StoreFailure) -> Int

    /// To be called every second or so; hands back what is to be written again, because it may have been lost on the other side
    /// or has become this one's share.
    /// - Parameter replica: what there is.
    func maintain(_ replica: @Sendable () -> Replica) async throws(StoreFailure) -> [RecordChange]
}

extension RecordSink {
    /// Loses nothing and shares nothing.
    public func maintain(_ replica: @Sendable () -> Replica) async throws(StoreFailure) -> [RecordChange] { [] }
}
