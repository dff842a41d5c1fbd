#if Redis
    /// A walk through the hashes of a kind, `KIND:{NAME}`, at all servers. One that moves or grows meanwhile may come twice.
    struct RedisScan {
        private let prefix: String
        private var servers: [RedisAddress]
        private var cursor = "0"

        /// At the beginning.
        init(_ kind: String, _ cluster: inout RedisCluster) throws(StoreFailure) {
            prefix = "\(kind):{"
            servers = try cluster.primaries()
        }

        /// The next some thousand: the name in each key and the fields behind it; nil at the end.
        mutating func next(
            from cluster: inout RedisCluster
        ) throws(StoreFailure) -> [(name: String, fields: [String: String])]? {
            guard let server = servers.last else { return nil }
            let scan = ["SCAN", cursor, "MATCH", prefix + "*", "COUNT", "1000"].map { Array($0.utf8) }
            guard let answer = try cluster.run([scan], at: server).first?.array, answer.count == 2,
                let next = answer[0].string, let keys = answer[1].array?.compactMap(\.string)
            else { throw StoreFailure("\(server) does not list its keys") }
            cursor = next
            if cursor == "0" { servers.removeLast() }
            let questions = keys.map { [Array("HGETALL".utf8), Array($0.utf8)] }
            let answers = questions.isEmpty ? [] : try cluster.run(questions, at: server)
            var hashes: [(name: String, fields: [String: String])] = []
            for (key, answer) in zip(keys, answers) {
                guard let flat = answer.array?.compactMap(\.string), flat.count % 2 == 0 else { continue }
                var fields: [String: String] = [:]
                for index in stride(from: 0, to: flat.count, by: 2) { fields[flat[index]] = flat[index + 1] }
                hashes.append((RedisKey.unescape(key.dropFirst(prefix.count).dropLast()), fields))
            }
            return hashes
        }
    }

    /// Reads what mirrors wrote into Redis, a server or a cluster. Its calls wait for the servers.
    public struct RedisReader {
        private var cluster: RedisCluster

        /// Finds the servers.
        /// - Parameter addresses: a server, or some of a cluster.
        /// - Throws: ``StoreFailure`` when none of them answers.
        public init(_ addresses: [RedisAddress]) throws(StoreFailure) {
            cluster = RedisCluster(addresses, scripts: [])
            _ = try cluster.primaries()
        }

        /// Calls `body` with the JSON object of each record of a kind, in no order, until it returns false. Fields behind which
        /// no mirror's order stands are left out.
        public mutating func forEach(_ kind: RecordKind, _ body: (String) -> Bool) throws(StoreFailure) {
            try forEach(key: RedisKey.prefix(of: kind), body)
        }

        /// The same for what stands in keys that begin with `key`.
        mutating func forEach(key: String, _ body: (String) -> Bool) throws(StoreFailure) {
            var scan = try RedisScan(key, &cluster)
            var seen: Set<String> = []
            while let hashes = try scan.next(from: &cluster) {
                for (name, fields) in hashes where seen.insert(name).inserted {
                    for value in fields.values where value.utf8.count > RedisScripts.orderLength {
                        if !body(String(value.dropFirst(RedisScripts.orderLength))) { return }
                    }
                }
            }
        }
    }
#endif
