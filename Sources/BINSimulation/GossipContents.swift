import BINCluster

/// Whether what nodes know of each other's state is what its owner said: keys and values, not only versions.
struct GossipContents {
    private typealias Entries = [[UInt8]: StateEntry]

    private struct Truth {
        var generation: Int32
        var version: Int32
        var entries: Entries
        /// The version of a deletion that the owner itself has forgotten by now.
        var forgotten: [[UInt8]: Int32] = [:]
    }

    private var truths: [Int: Truth] = [:]

    /// Takes over what owners say now. To be called before one of them ends.
    mutating func note(_ world: GossipWorld) {
        // Also one that is leaving, or does nothing for a while.
        for subject in world.nodes.indices {
            guard let member = world.nodes[subject].member, let entries = member.state(of: Int32(subject + 1)) else {
                continue
            }
            if var truth = truths[subject], truth.generation == member.generation {
                guard truth.version != member.ownVersion || truth.entries.count != entries.count else { continue }
                for (key, entry) in truth.entries where entries[key] == nil { truth.forgotten[key] = entry.version }
                for key in entries.keys { truth.forgotten[key] = nil }
                truth.version = member.ownVersion
                truth.entries = entries
                truths[subject] = truth
            } else {
                truths[subject] = Truth(
                    generation: member.generation, version: member.ownVersion, entries: entries)
            }
        }
    }

    /// What a node knows wrongly of another one; nil when it knows nothing wrong. Of an earlier life nothing is said.
    func fault(at member: GossipMember, of subject: Int, _ view: GossipMember.View) -> String? {
        guard let truth = truths[subject], truth.generation == view.generation,
            let known = member.state(of: Int32(subject + 1))
        else { return nil }
        if view.version > truth.version { return "is known up to version \(view.version) of \(truth.version)" }
        for (key, entry) in truth.entries where entry.version <= view.version {
            // A deletion need not be remembered as long as what was deleted is gone.
            let isRight = entry.value == nil ? known[key]?.value == nil : known[key] == entry
            if !isRight {
                return "\(text(key)) is \(text(known[key])) instead of \(text(entry)), at version \(view.version)"
            }
        }
        for (key, entry) in known where entry.value != nil && truth.entries[key] == nil {
            guard let deletion = truth.forgotten[key] else { return "\(text(key)) was never set" }
            if deletion <= view.version { return "\(text(key)) was deleted at \(deletion), known at \(view.version)" }
        }
        return nil
    }

    private func text(_ key: [UInt8]) -> String { String(decoding: key, as: UTF8.self) }

    private func text(_ entry: StateEntry?) -> String {
        guard let entry else { return "nothing" }
        return entry.value.map { "\($0.count) bytes of version \(entry.version)" } ?? "deleted at \(entry.version)"
    }
}
