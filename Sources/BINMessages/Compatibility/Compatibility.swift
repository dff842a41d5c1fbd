/// What becomes of the messages of one release at a receiver of another.
///
/// It follows from the declarations alone: what the sender writes, whether the receiver knows capability, type and
/// version, and what it then reads field by field. There is no table of pairs.
public struct Compatibility: Sendable {
    /// What becomes of a message.
    public enum Verdict: String, Hashable, Sendable, CaseIterable {
        /// It is read as it was meant.
        case works
        /// It is read, but part of it is ignored or means something else.
        case loses
        /// It is not read, and no harm is done.
        case dropped
        /// Something else is read than was written.
        case corrupts

        /// How bad it is, from 0.
        var severity: Int {
            switch self {
            case .works: 0
            case .loses: 1
            case .dropped: 2
            case .corrupts: 3
            }
        }
    }

    /// One message in one direction.
    public struct Entry: Hashable, Sendable {
        /// Name of the capability, as the sender calls it.
        public let capability: String
        /// Name of the message.
        public let message: String
        /// The sender's release.
        public let from: Release
        /// The receiver's release.
        public let to: Release
        /// What becomes of it.
        public let verdict: Verdict
        /// Why, in words; empty when it works.
        public let detail: String
    }

    /// Every message that `from` sends, in the order of the declarations.
    public let entries: [Entry]

    /// Judges all messages of one release at a receiver of another.
    public init(from sender: Release, to receiver: Release) {
        let catalogue = Catalogue.declared
        let sent = catalogue.roles(in: sender)
        let known = catalogue.roles(in: receiver)
        let sameFraming = Compatibility.framing(of: sender) == Compatibility.framing(of: receiver)
        var entries: [Entry] = []
        var isChunk: [Bool] = []
        for role in sent {
            var judged = Compatibility.judge(role, known, receiver)
            if !sameFraming { judged = (.dropped, "the two releases frame packets differently") }
            let entry = Entry(
                capability: role.identity.capability, message: role.message, from: sender, to: receiver,
                verdict: judged.verdict, detail: judged.detail)
            // Variants of a message are one message here; that of which less is understood decides.
            let same = entries.firstIndex { $0.capability == entry.capability && $0.message == entry.message }
            if let same {
                if entry.verdict.severity > entries[same].verdict.severity { entries[same] = entry }
            } else {
                entries.append(entry)
                isChunk.append(role.identity.type == nil)
            }
        }
        // What stands in the chunks of a sync can only be read where the sync packet itself is.
        let sync = entries.first { $0.capability == "clusterer-extra" && $0.message == "SYNC" }
        self.entries = zip(entries, isChunk).map { entry, isChunk in
            guard isChunk, let sync, sync.verdict == .dropped || sync.verdict == .corrupts else {
                return entry
            }
            return Entry(
                capability: entry.capability, message: entry.message, from: sender, to: receiver, verdict: sync.verdict,
                detail: "in a sync packet: \(sync.detail)")
        }
    }

    private static func framing(of release: Release) -> Int {
        release < Release(2, 2, 0) ? 1 : release < Release(2, 3, 0) ? 2 : 3
    }

    /// Finds what the receiver takes the message for, and compares.
    private static func judge(
        _ role: MessageRole, _ known: [MessageRole], _ receiver: Release
    ) -> (verdict: Verdict, detail: String) {
        let sameCapability = known.filter { $0.identity.capability == role.identity.capability }
        guard !sameCapability.isEmpty else { return (.dropped, "\(receiver) does not know the capability") }
        let candidates = sameCapability.filter { $0.identity.type == role.identity.type }
        guard let other = candidates.first else {
            return (.dropped, "\(receiver) does not know type \(role.identity.type.map { "\($0)" } ?? "of sync chunk")")
        }
        // Several messages may share type and name; each is meant for its like.
        let taken =
            candidates.first { $0.declaration == role.declaration } ?? candidates.first { $0.message == role.message }
        guard let taken else {
            return other.reading(role.identity.version) == nil
                ? (.dropped, refusal(role, receiver)) : (.corrupts, "\(receiver) takes it for \(other.message)")
        }
        guard let read = taken.reading(role.identity.version) else { return (.dropped, refusal(role, receiver)) }
        return FieldComparison.compare(written: role.fields, read: read.fields)
    }

    private static func refusal(_ role: MessageRole, _ receiver: Release) -> String {
        let version = role.identity.version.map { "version \($0)" } ?? "a packet without version"
        return "\(receiver) does not accept \(version)"
    }
}
