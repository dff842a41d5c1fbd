/// The sharing tags of the cluster as this node has them (Spec/clusterer.md, sharing tags).
struct SharingTags: Sendable {
    struct Tag: Sendable {
        let name: WireName
        var isActive: Bool
        /// Whether the configuration made it active; then every node that comes up is told.
        var isConfigured: Bool
        /// Nodes that were told since it became active, and when.
        var told: [Int32: Int64] = [:]
        /// Of those, the ones that have not shown since that they still read.
        var unconfirmed = SortedIDs()
        /// How often crossing announcements are answered.
        var glareLimit = RateLimit(interval: .seconds(1), burst: 2)
    }

    private(set) var tags: [Tag] = []

    var count: Int { tags.count }
    var indices: Range<Int> { tags.indices }

    subscript(index: Int) -> Tag {
        get { tags[index] }
        set { tags[index] = newValue }
    }

    func index(of name: WireName) -> Int? { tags.firstIndex { $0.name == name } }

    func isActive(_ name: WireName) -> Bool { tags.contains { $0.name == name && $0.isActive } }

    mutating func add(_ name: WireName, isActive: Bool) {
        guard index(of: name) == nil else { return }
        tags.append(Tag(name: name, isActive: isActive, isConfigured: isActive))
    }

    mutating func forget(node: Int32) {
        for index in tags.indices {
            tags[index].told[node] = nil
            tags[index].unconfirmed.remove(node)
        }
    }

    mutating func stepDown(_ index: Int) {
        tags[index].isActive = false
        tags[index].told = [:]
        tags[index].unconfirmed = SortedIDs()
    }
}
