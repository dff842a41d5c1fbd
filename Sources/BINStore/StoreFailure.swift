/// Why a store could not be opened, read or written: one sentence that names it.
public struct StoreFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String
    /// Whether a record can never be kept, whatever becomes of the store: what a peer sent does not fit it.
    public let concernsRecord: Bool

    package init(_ description: String, concernsRecord: Bool = false) {
        self.description = description
        self.concernsRecord = concernsRecord
    }
}
