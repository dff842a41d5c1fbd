/// A set of node ids in ascending order, so that whatever is made from it comes out the same every time.
struct SortedIDs: Hashable, Sendable {
    private(set) var ids: [Int32] = []

    init() {}

    init(_ ids: some Sequence<Int32>) {
        self.ids = Array(Set(ids)).sorted()
    }

    private func place(of id: Int32) -> Int {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func contains(_ id: Int32) -> Bool {
        let place = place(of: id)
        return place < ids.count && ids[place] == id
    }

    /// Whether it was not there.
    @discardableResult
    mutating func insert(_ id: Int32) -> Bool {
        let place = place(of: id)
        guard place == ids.count || ids[place] != id else { return false }
        ids.insert(id, at: place)
        return true
    }

    /// Whether it was there.
    @discardableResult
    mutating func remove(_ id: Int32) -> Bool {
        let place = place(of: id)
        guard place < ids.count, ids[place] == id else { return false }
        ids.remove(at: place)
        return true
    }
}
