#if SQLite || Redis
    import BINText

    /// What each node counts, by its id, as a JSON object: `{"1":5,"3":2}`.
    enum NodeCounts {
        /// The object, in the order of the ids.
        static func object(_ nodes: [Int32: Int]) -> JSONValue {
            .object(nodes.sorted { $0.key < $1.key }.map { ("\($0.key)", .number("\($0.value)")) })
        }

        /// What an object says; what is no id and no number in it is left out.
        static func counts(_ value: JSONValue?) -> [Int32: Int] {
            guard case .object(let members)? = value else { return [:] }
            var nodes: [Int32: Int] = [:]
            for (name, value) in members {
                guard let node = Int32(name), let count = value.integer else { continue }
                nodes[node] = Int(count)
            }
            return nodes
        }
    }
#endif
