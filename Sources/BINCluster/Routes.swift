/// Over which neighbour each node is reached (Spec/clusterer.md, topology and routing).
struct Routes: Hashable, Sendable {
    /// For each place of the table the next hop; nil when no way leads there.
    private(set) var hops: [Int32?] = []

    init() {}

    /// The shortest ways from this node; among equal ones the next hop with the lower priority value, then the lower id.
    init(_ table: NodeTable) {
        hops = Array(repeating: nil, count: table.count)
        var frontier: [Int] = table.indices.filter { table[$0].isNeighbour }
        for index in frontier { hops[index] = table[index].id }
        while !frontier.isEmpty {
            frontier.sort { (table[$0].priority, table[$0].id) < (table[$1].priority, table[$1].id) }
            var next: [Int] = []
            for index in frontier {
                for id in table[index].neighbours.ids {
                    guard let other = table.index(of: id), hops[other] == nil, table[other].isEnabled else { continue }
                    hops[other] = hops[index]
                    next.append(other)
                }
            }
            frontier = next
        }
    }

    func hop(at index: Int) -> Int32? { index < hops.count ? hops[index] : nil }
}
