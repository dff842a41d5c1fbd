#if Redis
    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// A command or a script to run, and the hash slot of its keys.
    struct RedisCommand: Sendable {
        var slot: Int
        /// Place of the script among those of the cluster; nil for a command.
        var script: Int?
        /// The words of the command; of a script the number of keys, keys, and arguments.
        var arguments: [[UInt8]]

        /// A command or script whose keys share the slot of `key`.
        init(_ script: Int?, key: String, _ arguments: [[UInt8]]) {
            slot = RedisCluster.slot(of: key)
            self.script = script
            self.arguments = arguments
        }
    }

    /// A Redis server, or a Redis Cluster: finds the server of each key, follows it when it moves, and waits while there is none.
    ///
    /// Its calls wait, for ``patience`` at most while no server takes a command.
    struct RedisCluster {
        /// Hash slots of a cluster.
        static let slotCount = 16_384

        private let seeds: [RedisAddress]
        private let scripts: [String]
        /// What servers call the scripts.
        private var digests: [[UInt8]] = []
        private let patience: Duration
        private var connections: [RedisAddress: RedisConnection] = [:]
        /// The server of each slot, in a cluster; empty before it is known, and for a single server.
        private var servers: [RedisAddress?] = []
        private var isCluster: Bool?
        /// Slots whose server became another one since they were last asked for: what was written there last may be lost, as
        /// servers copy to each other only after they answered.
        private var moved: Set<Int> = []

        /// - Parameters:
        ///   - seeds: servers to ask for the others.
        ///   - scripts: scripts that are sent to each server before it is used.
        ///   - patience: how long a command is tried.
        init(_ seeds: [RedisAddress], scripts: [String], patience: Duration = .seconds(8)) {
            self.seeds = seeds
            self.scripts = scripts
            self.patience = patience
        }

        /// The slot of a key: CRC16 (XMODEM) of what stands in its first braces, or of all of it.
        static func slot(of key: String) -> Int {
            var bytes = Array(key.utf8)[...]
            if let open = bytes.firstIndex(of: UInt8(ascii: "{")),
                let close = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
            {
                bytes = bytes[(open + 1)..<close]
            }
            var crc: UInt16 = 0
            for byte in bytes {
                crc ^= UInt16(byte) << 8
                for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
            }
            return Int(crc) % slotCount
        }

        /// Takes out the slots whose server became another one.
        mutating func takeMoved() -> Set<Int> {
            defer { moved = [] }
            return moved
        }

        /// The servers that hold keys.
        mutating func primaries() throws(StoreFailure) -> [RedisAddress] {
            if isCluster == nil { try refresh() }
            return isCluster == true ? Array(Set(servers.compactMap(\.self))) : [seeds[0]]
        }

        /// Runs commands at one server, and asks for the servers anew when it is gone.
        mutating func run(_ commands: [[[UInt8]]], at server: RedisAddress) throws(StoreFailure) -> [RedisReply] {
            do throws(RedisDisconnection) {
                return try connection(to: server).run(commands)
            } catch {
                connections[server] = nil
                isCluster = isCluster == true ? nil : isCluster
                throw StoreFailure("\(server): \(error.reason)")
            }
        }

        /// Runs commands, each at the server of its key, and hands back their answers in the same order.
        ///
        /// A command may run more than once, where a connection broke before the answer came.
        mutating func run(_ commands: [RedisCommand]) throws(StoreFailure) -> [RedisReply] {
            var replies = [RedisReply?](repeating: nil, count: commands.count)
            var waiting = Array(commands.indices)
            let end = ContinuousClock.now + patience
            var trouble = "no server takes commands"
            while !waiting.isEmpty {
                var groups: [RedisAddress: [Int]] = [:]
                do throws(StoreFailure) {
                    for index in waiting { groups[try server(of: commands[index].slot), default: []].append(index) }
                } catch {
                    trouble = error.description
                }
                var isStale = groups.isEmpty
                for (server, indices) in groups {
                    do throws(RedisDisconnection) {
                        let connection = try connection(to: server)
                        let answers = try connection.run(indices.map { words(commands[$0]) })
                        for (index, answer) in zip(indices, answers) {
                            replies[index] = try settle(answer, commands[index], server, &isStale, &trouble)
                        }
                    } catch {
                        trouble = "\(server): \(error.reason)"
                        connections[server] = nil
                        isStale = true
                    }
                }
                waiting = waiting.filter { replies[$0] == nil }
                guard !waiting.isEmpty else { break }
                guard ContinuousClock.now < end else { throw StoreFailure("Redis: \(trouble)") }
                if isStale {
                    usleep(100_000)
                    do throws(StoreFailure) { try refresh() } catch { trouble = error.description }
                }
            }
            return replies.map { $0 ?? .null }
        }

        /// Whether an answer is one; nil when the command is to be tried again.
        private mutating func settle(
            _ answer: RedisReply, _ command: RedisCommand, _ server: RedisAddress, _ isStale: inout Bool,
            _ trouble: inout String
        ) throws(RedisDisconnection) -> RedisReply? {
            guard case .error(let text) = answer else { return answer }
            let parts = text.split(separator: " ")
            switch parts.first {
            case "MOVED":
                if parts.count == 3, let address = RedisCluster.address(parts[2], beside: server) {
                    assign(command.slot, to: address)
                } else {
                    isStale = true
                }
            case "ASK":
                // The slot is on its way to another server, and this key is there already.
                guard parts.count == 3, let address = RedisCluster.address(parts[2], beside: server) else { return nil }
                let answers = try connection(to: address).run([[Array("ASKING".utf8)], words(command)])
                if case .error? = answers.last { return nil }
                return answers.last
            case "NOSCRIPT": try load(at: server, connection(to: server))
            case "TRYAGAIN", "CLUSTERDOWN", "LOADING", "READONLY", "MASTERDOWN", "NOREPLICAS", "BUSY":
                trouble = "\(server): \(text)"
                isStale = true
            default: return answer
            }
            return nil
        }

        // MARK: Servers

        private static func address(_ text: Substring, beside server: RedisAddress) -> RedisAddress? {
            guard let colon = text.lastIndex(of: ":"), let port = Int32(text[text.index(after: colon)...]) else {
                return nil
            }
            let host = text[..<colon]
            return RedisAddress(host.isEmpty ? server.host : String(host), port)
        }

        private mutating func server(of slot: Int) throws(StoreFailure) -> RedisAddress {
            if isCluster == nil { try refresh() }
            guard isCluster == true else { return seeds[0] }
            guard let server = servers[slot] else { throw StoreFailure("no server has slot \(slot)") }
            return server
        }

        private mutating func assign(_ slot: Int, to server: RedisAddress) {
            if servers.isEmpty { servers = Array(repeating: nil, count: RedisCluster.slotCount) }
            isCluster = true
            if let before = servers[slot], before != server { moved.insert(slot) }
            servers[slot] = server
        }

        private mutating func connection(to server: RedisAddress) throws(RedisDisconnection) -> RedisConnection {
            if let known = connections[server] { return known }
            let connection = try RedisConnection(server)
            try load(at: server, connection)
            connections[server] = connection
            return connection
        }

        private mutating func load(
            at server: RedisAddress, _ connection: RedisConnection
        ) throws(RedisDisconnection) {
            let answers = try connection.run(
                scripts.map { [Array("SCRIPT".utf8), Array("LOAD".utf8), Array($0.utf8)] })
            let known = answers.compactMap { if case .text(let digest) = $0 { digest } else { nil } }
            // A server that is still starting takes no script; it refuses the commands then, and they are tried again.
            if known.count == scripts.count { digests = known }
        }

        private func words(_ command: RedisCommand) -> [[UInt8]] {
            guard let script = command.script else { return command.arguments }
            let digest = script < digests.count ? digests[script] : Array("0".utf8)
            return [Array("EVALSHA".utf8), digest] + command.arguments
        }

        /// Asks the servers that are known who has which slots.
        private mutating func refresh() throws(StoreFailure) {
            var trouble = "there is no server"
            let known = Set(servers.compactMap(\.self))
            for server in seeds + known.subtracting(seeds) {
                do throws(RedisDisconnection) {
                    let question = [Array("CLUSTER".utf8), Array("SLOTS".utf8)]
                    let answer = try connection(to: server).run([question])[0]
                    if case .error(let text) = answer {
                        guard text.contains("cluster support disabled") || text.contains("unknown command") else {
                            trouble = "\(server): \(text)"
                            continue
                        }
                        isCluster = false
                        return
                    }
                    guard let ranges = answer.array, !ranges.isEmpty else { continue }
                    for range in ranges {
                        guard let parts = range.array, parts.count >= 3, let first = parts[0].integer,
                            let last = parts[1].integer, let node = parts[2].array, node.count >= 2,
                            let host = node[0].string, let port = node[1].integer, first >= 0, first <= last,
                            last < RedisCluster.slotCount
                        else { continue }
                        let address = RedisAddress(host.isEmpty ? server.host : host, Int32(clamping: port))
                        for slot in Int(first)...Int(last) { assign(slot, to: address) }
                    }
                    return
                } catch {
                    connections[server] = nil
                    trouble = "\(server): \(error.reason)"
                }
            }
            throw StoreFailure("Redis: \(trouble)")
        }
    }
#endif
