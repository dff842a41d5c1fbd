/// Which contacts a node pings (Spec/usrloc.md, ping work).
public enum PingDuty: Hashable, Sendable {
    /// Every node pings every contact: 2.3 and before, and where pinging is not shared (UL-40).
    case everyContact
    /// The nodes divide the addresses of record by their hash (UL-41): this one is number `index`, from 0, of `count`.
    case cooperation(index: UInt32, count: UInt32)
    /// A node pings contacts without a sharing tag, and those whose tag is active on it (UL-42).
    case ownership(activeTags: Set<String>)

    /// The duty of `node` in cooperation.
    /// - Parameters:
    ///   - node: its number.
    ///   - others: the other nodes that are reachable and say of `usrloc-contact-repl` that its state is OK.
    public static func cooperation(of node: Int32, with others: some Sequence<Int32>) -> PingDuty {
        var index: UInt32 = 0
        var count: UInt32 = 1
        for other in Set(others) where other != node {
            count += 1
            if other < node { index += 1 }
        }
        return .cooperation(index: index, count: count)
    }

    /// Whether a contact is to be pinged.
    /// - Parameters:
    ///   - hash: hash of its address of record.
    ///   - tag: its sharing tag; asked for only where it decides.
    public func includes(hash: UInt32, tag: () -> String?) -> Bool {
        switch self {
        case .everyContact: true
        case .cooperation(let index, let count): count == 0 || hash % count == index
        case .ownership(let activeTags): tag().map { activeTags.contains($0) } ?? true
        }
    }
}

extension ContactStore {
    /// Whether a contact is pinged by a node with `duty`; false when it is not there any more.
    public func isPinged(_ contact: ContactHandle, by duty: PingDuty) -> Bool {
        guard let aor = addressOfRecord(of: contact), let hash = self.aor(aor)?.hash else { return false }
        return duty.includes(hash: hash) { self.contact(contact)?.sharingTag }
    }
}
