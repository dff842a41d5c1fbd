/// How much a node has to do, as it is shared under ``GossipKey/load``.
public struct NodeLoad: Hashable, Sendable {
    /// Dialogs that run.
    public var dialogs: UInt32
    /// Transactions that run.
    public var transactions: UInt32

    /// A load.
    public init(dialogs: UInt32, transactions: UInt32) {
        self.dialogs = dialogs
        self.transactions = transactions
    }

    /// From the value of the key: two decimal numbers with a space between them.
    public init?(_ bytes: [UInt8]) {
        let parts = String(decoding: bytes.prefix(32), as: UTF8.self).split(
            separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let dialogs = UInt32(parts[0]), let transactions = UInt32(parts[1]) else { return nil }
        self.init(dialogs: dialogs, transactions: transactions)
    }

    /// The value of the key.
    public var bytes: [UInt8] { Array("\(dialogs) \(transactions)".utf8) }

    /// What is compared: a dialog lasts, a transaction costs more while it does.
    var weight: UInt64 { UInt64(dialogs) + 10 * UInt64(transactions) }
}

extension GossipMember {
    /// The load that a member told last.
    public func load(of node: Int32) -> NodeLoad? { value(GossipKey.load, of: node).flatMap { NodeLoad($0) } }

    /// Picks one of some destinations: of two drawn at random the one with less to do. Loads are seconds old when they arrive, so the least
    /// loaded of all would get everything until the next news.
    ///
    /// Nodes that are not there or told no load are left out; nil when there are no others.
    public func destination<Generator: RandomNumberGenerator>(
        among nodes: [Int32], using generator: inout Generator
    ) -> Int32? {
        let loads = nodes.compactMap { node in isPresent(node) ? load(of: node).map { (node, $0.weight) } : nil }
        guard let first = loads.randomElement(using: &generator), let second = loads.randomElement(using: &generator)
        else {
            return nil
        }
        return first.1 <= second.1 ? first.0 : second.0
    }
}
