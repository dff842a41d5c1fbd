#if Redis
    import BINMessages
    public import BINReplica
    import BINText

    /// Profile counters and pipes in Redis: `profiles:{NAME}` with a field a value (`v` and the value, or `n` where the profile has
    /// none), and `pipes:{NAME}` with the field `n`. Behind an order stands a JSON object: `profile` and `value`, or `pipe`,
    /// `algorithm`, `limit` and `flags` (the numbers of the protocol); `count`; `nodes`, what each node said by its id; `time`,
    /// milliseconds since 1970.
    ///
    /// No sync says which of them are still so, so their mirror writes each again every ``refreshSeconds``, and keys that nobody
    /// wrote for ``lifetimeSeconds`` go. A field of a key that stays can be left behind when a mirror goes; readers leave it out.
    enum RedisCounters {
        static let refreshSeconds: UInt64 = 20
        static let lifetimeSeconds: UInt64 = 60

        static func field(_ value: String?) -> String { value.map { "v\($0)" } ?? "n" }

        static func order(_ time: ReplicaTime) -> String { RedisStore.order(time.seconds, 0, time.milliseconds % 1000) }

        // MARK: Objects

        static func object(_ record: ProfileRecord) -> String {
            JSONValue.object(
                [
                    ("profile", .string(record.profile)), ("value", record.value.map { .string($0) } ?? .null),
                ] + counts(record.total, record.nodes, record.time)
            ).text
        }

        static func object(_ record: PipeRecord) -> String {
            JSONValue.object(
                [
                    ("pipe", .string(record.name)), ("algorithm", .number("\(record.algorithm.rawValue)")),
                    ("limit", .number("\(record.limit)")), ("flags", .number("\(record.flags.rawValue)")),
                ] + counts(record.total, record.nodes, record.time)
            ).text
        }

        private static func counts(
            _ total: Int, _ nodes: [Int32: Int], _ time: ReplicaTime
        ) -> [(name: String, value: JSONValue)] {
            return [
                ("count", .number("\(total)")), ("nodes", NodeCounts.object(nodes)),
                ("time", .number("\(time.milliseconds)")),
            ]
        }

        /// The profile counter that an object says; nil when it is none.
        static func profile(_ object: JSONValue) -> ProfileRecord? {
            guard let name = object["profile"]?.string, let total = object["count"]?.integer else { return nil }
            return ProfileRecord(
                profile: name, value: object["value"]?.string, total: Int(total),
                nodes: NodeCounts.counts(object["nodes"]),
                time: time(object))
        }

        /// The pipe that an object says; nil when it is none.
        static func pipe(_ object: JSONValue) -> PipeRecord? {
            guard let name = object["pipe"]?.string, let total = object["count"]?.integer else { return nil }
            func number(_ name: String) -> Int32 { Int32(clamping: object[name]?.integer ?? 0) }
            return PipeRecord(
                name: name, algorithm: PipeAlgorithm(rawValue: number("algorithm")) ?? .none, limit: number("limit"),
                flags: PipeFlags(rawValue: number("flags")), total: Int(total),
                nodes: NodeCounts.counts(object["nodes"]),
                time: time(object))
        }

        private static func time(_ object: JSONValue) -> ReplicaTime {
            ReplicaTime(milliseconds: UInt64(clamping: object["time"]?.integer ?? 0))
        }

        /// Those that are not much older than the newest: others were left behind by a mirror that went.
        static func current<Record>(_ records: [Record], _ time: KeyPath<Record, ReplicaTime>) -> [Record] {
            let newest = records.map { $0[keyPath: time].milliseconds }.max() ?? 0
            return records.filter {
                newest - $0[keyPath: time].milliseconds <= RedisCounters.lifetimeSeconds * 1000
            }
        }
    }

    extension RedisReader {
        /// The profile counters that mirrors wrote, in the order of profile and value.
        public mutating func profiles() throws(StoreFailure) -> [ProfileRecord] {
            var records: [ProfileRecord] = []
            try forEach(key: "profiles") { json in
                if let record = RedisReader.parse(json).flatMap(RedisCounters.profile) { records.append(record) }
                return true
            }
            return RedisCounters.current(records, \.time).sorted {
                ($0.profile, $0.value ?? "") < ($1.profile, $1.value ?? "")
            }
        }

        /// The pipes that mirrors wrote, in the order of their names.
        public mutating func pipes() throws(StoreFailure) -> [PipeRecord] {
            var records: [PipeRecord] = []
            try forEach(key: "pipes") { json in
                if let record = RedisReader.parse(json).flatMap(RedisCounters.pipe) { records.append(record) }
                return true
            }
            return RedisCounters.current(records, \.time).sorted { $0.name < $1.name }
        }

        /// How many calls are in each profile, by value. Calls that ended (state 5) are not among them; a profile without values
        /// has the empty one.
        public mutating func callCounts() throws(StoreFailure) -> [ProfileLink: Int] {
            var counts: [ProfileLink: Int] = [:]
            try forEach(.dialogs) { json in
                guard let object = RedisReader.parse(json), object["state"]?.integer ?? 0 < 5 else { return true }
                let links = (object["profiles"]?.array ?? []).compactMap { record -> ProfileLink? in
                    guard let text = record["name"]?.string, let value = record["value"]?.string else { return nil }
                    return ProfileLink(name: Array(text.utf8), value: Array(value.utf8))
                }
                for link in Set(links) { counts[link, default: 0] += 1 }
                return true
            }
            return counts
        }

        private static func parse(_ json: String) -> JSONValue? { try? JSONParser.parse(Array(json.utf8)) }
    }
#endif
