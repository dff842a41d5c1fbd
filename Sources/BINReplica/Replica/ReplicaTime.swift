/// A moment, as the caller's clock says it: milliseconds since 1970.
public struct ReplicaTime: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970.
    public var milliseconds: UInt64

    /// A moment.
    public init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    /// A moment, in whole seconds since 1970.
    public init(seconds: UInt64) { milliseconds = seconds.multipliedReportingOverflow(by: 1000).partialValue }

    /// Whole seconds since 1970.
    public var seconds: UInt64 { milliseconds / 1000 }

    public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment `milliseconds` later.
    func advanced(by milliseconds: UInt64) -> ReplicaTime {
        let sum = self.milliseconds.addingReportingOverflow(milliseconds)
        return ReplicaTime(milliseconds: sum.overflow ? .max : sum.partialValue)
    }
}
