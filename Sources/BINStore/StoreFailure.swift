/// Why a store could not be opened, read or written: one sentence that names it.
public struct StoreFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    package init(_ description: String) { self.description = description }
}
