import BINCluster

/// What must hold at every moment of a run, and what must hold a while after its faults have stopped.
final class GossipChecker {
    private struct Key: Hashable {
        let observer: Int
        let subject: Int
    }

    private var seen: [Key: (life: Int, view: GossipMember.View)] = [:]
    /// The farthest that anybody alive, other than the node itself, knows a node.
    private var acknowledged: [Int: (generation: Int32, version: Int32)] = [:]
    private var contents = GossipContents()
    private var fences: [WireName: Set<UInt64>] = [:]
    private var lastFence: [WireName: UInt64] = [:]
    /// How often flags changed hands.
    private(set) var acquisitions = 0
    /// How often a node that was there was taken as down.
    private(set) var falseDowns = 0

    /// An event of a node.
    func note(_ event: GossipEvent, of index: Int, in world: GossipWorld) {
        switch event {
        case .acquired(let flag, let fence): checkAcquisition(flag, fence, index, world)
        case .refused(let refusal): world.violate("node \(index + 1) refused what another sent: \(refusal)")
        case .identityConflict: break
        default: break
        }
    }

    private func checkAcquisition(_ flag: WireName, _ fence: UInt64, _ index: Int, _ world: GossipWorld) {
        acquisitions += 1
        if !fences[flag, default: []].insert(fence).inserted {
            world.violate("\(flag): fencing number \(fence) was given twice, now to node \(index + 1)")
        }
        guard world.nodes[index].configuration.flags.first(where: { $0.name == flag })?.policy == .quorum else {
            return
        }
        if let last = lastFence[flag], fence <= last {
            world.violate("\(flag): node \(index + 1) has fencing number \(fence), after \(last)")
        }
        lastFence[flag] = fence
        for other in world.alive where other != index {
            if let held = world.nodes[other].member?.owns(flag, at: world.now(other)) {
                world.violate(
                    "\(flag): nodes \(index + 1) and \(other + 1) own it, \(fence) and \(held), at \(world.time)")
            }
        }
    }

    /// Looks at everything: no version goes back, nothing that somebody alive knows is lost, and what became known is what its owner said.
    func look(at world: GossipWorld) {
        let alive = world.alive
        contents.note(world)
        var farthest: [Int: (generation: Int32, version: Int32)] = [:]
        for observer in alive {
            guard let member = world.nodes[observer].member else { continue }
            let life = world.life(observer)
            let limit = world.nodes[observer].configuration.limits.members
            if member.memberCount > limit { world.violate("node \(observer + 1) knows \(member.memberCount) members") }
            for subject in world.nodes.indices {
                guard let view = member.view(of: Int32(subject + 1)) else { continue }
                let key = Key(observer: observer, subject: subject)
                if let (oldLife, old) = seen[key], oldLife == life {
                    let isBack =
                        (view.generation, view.version) < (old.generation, old.version)
                        || (view.generation == old.generation && view.standing < old.standing)
                    if isBack {
                        world.violate("at node \(observer + 1) node \(subject + 1) went back from \(old) to \(view)")
                    }
                }
                if seen[key].map({ $0.life != life || $0.view != view }) ?? true {
                    checkContents(member, observer, subject, view, world)
                }
                seen[key] = (life, view)
                if observer != subject {
                    let known = (view.generation, view.version)
                    if farthest[subject].map({ $0 < known }) ?? true { farthest[subject] = known }
                }
            }
        }
        for (subject, known) in acknowledged {
            if let now = farthest[subject], now >= known { continue }
            world.violate("what was known of node \(subject + 1) was lost: \(known)")
        }
        acknowledged = farthest
    }

    private func checkContents(
        _ member: GossipMember, _ observer: Int, _ subject: Int, _ view: GossipMember.View, _ world: GossipWorld
    ) {
        if let fault = contents.fault(at: member, of: subject, view) {
            world.violate("at node \(observer + 1), of node \(subject + 1): \(fault)")
        }
    }

    /// A node ends: what only it knew may be lost.
    func willEnd(_ ending: Int, in world: GossipWorld) {
        look(at: world)
        acknowledged = [:]
        for observer in world.alive where observer != ending {
            guard let member = world.nodes[observer].member else { continue }
            for subject in world.nodes.indices where subject != observer {
                guard let view = member.view(of: Int32(subject + 1)) else { continue }
                let known = (view.generation, view.version)
                if acknowledged[subject].map({ $0 < known }) ?? true { acknowledged[subject] = known }
            }
        }
    }

    /// What keeps the views of all nodes that are alive from being equal and right; nil when they are.
    func whatDiffers(in world: GossipWorld) -> String? {
        let alive = world.alive
        guard let first = alive.first, let reference = world.nodes[first].member else { return nil }
        for index in alive {
            guard let member = world.nodes[index].member else { continue }
            if !member.hasJoined, alive.count > 1 { return "node \(index + 1) has not joined" }
            if member.knowledgeSum != reference.knowledgeSum {
                for subject in world.nodes.indices {
                    let (left, right) = (reference.view(of: Int32(subject + 1)), member.view(of: Int32(subject + 1)))
                    if left != right {
                        return "of node \(subject + 1), node \(first + 1) knows \(left.map { "\($0)" } ?? "nothing"), "
                            + "node \(index + 1) \(right.map { "\($0)" } ?? "nothing")"
                    }
                }
                return "nodes \(first + 1) and \(index + 1) differ"
            }
        }
        // Versions that agree say nothing of what stands behind them.
        contents.note(world)
        for index in alive {
            guard let member = world.nodes[index].member else { continue }
            for subject in world.nodes.indices {
                guard let view = member.view(of: Int32(subject + 1)) else { continue }
                checkContents(member, index, subject, view, world)
            }
        }
        for (subject, node) in world.nodes.enumerated() {
            let view = reference.view(of: Int32(subject + 1))
            if world.isAlive(subject), let member = node.member {
                guard let view else { return "node \(subject + 1) is not known" }
                if view.generation != member.generation || view.version != member.ownVersion || view.status != .alive {
                    return "node \(subject + 1) is at \(member.generation)/\(member.ownVersion), known as \(view)"
                }
            } else if let view, view.status == .alive || view.status == .suspected {
                return "node \(subject + 1) is gone, known as \(view)"
            }
        }
        return nil
    }

    /// What is wrong with the owners of flags; nil when each flag that can have an owner has exactly one.
    func whatIsUnowned(in world: GossipWorld) -> String? {
        let alive = Set(world.alive)
        guard let flags = world.nodes.first?.configuration.flags else { return nil }
        for flag in flags {
            let owners = alive.filter { world.nodes[$0].member?.owns(flag.name, at: world.now($0)) != nil }
            let candidates = flag.preferred.filter { alive.contains(Int($0) - 1) }
            let voters = flag.electors.filter { alive.contains(Int($0) - 1) }
            let canHave = !candidates.isEmpty && (flag.policy == .available || voters.count >= flag.majority)
            if canHave, flag.policy == .quorum {
                // A voter that lost its memory needs most of the others before it votes again.
                let votes = voters.filter { world.nodes[Int($0) - 1].member?.votesOnAll ?? false }
                if votes.count < flag.majority, voters.count < flag.electors.count { continue }
            }
            if owners.count != (canHave ? 1 : 0) {
                return "\(flag.name) (\(flag.policy)) has the owners \(owners.map { $0 + 1 }.sorted())"
            }
        }
        return nil
    }
}
