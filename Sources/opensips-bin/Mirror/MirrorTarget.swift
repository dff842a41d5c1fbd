import ArgumentParser
import BINStore

/// Where a mirror keeps what it is given: `sqlite:FILE`, `redis://HOST:PORT`, or `memory:`.
struct MirrorTarget: ExpressibleByArgument {
    enum Kind {
        case sqlite(path: String)
        case redis(hosts: [(host: String, port: Int32)])
        /// Nowhere but in the process, to see what comes and how fast.
        case memory
    }

    let text: String
    let kind: Kind

    init?(argument: String) {
        text = argument
        if argument == "memory:" {
            kind = .memory
        } else if argument.hasPrefix("sqlite:") {
            let path = argument.dropFirst("sqlite:".count)
            let file = path.hasPrefix("//") ? path.dropFirst(2) : path
            guard !file.isEmpty else { return nil }
            kind = .sqlite(path: String(file))
        } else if argument.hasPrefix("redis://") {
            var rest = argument.dropFirst("redis://".count)
            if rest.hasSuffix("/") { rest = rest.dropLast() }
            var hosts: [(String, Int32)] = []
            for part in rest.split(separator: ",", omittingEmptySubsequences: false) {
                let pieces = part.split(separator: ":", omittingEmptySubsequences: false)
                guard (1...2).contains(pieces.count), !pieces[0].isEmpty,
                    let port = pieces.count == 2 ? Int32(pieces[1]) : 6379, (1...65_535).contains(port)
                else { return nil }
                hosts.append((String(pieces[0]), port))
            }
            kind = .redis(hosts: hosts)
        } else {
            return nil
        }
    }

    /// Opens it; nil when nothing is to be written.
    /// - Parameter name: what this mirror calls itself among those that share the work.
    func open(_ name: String) async throws -> (any RecordSink)? {
        switch kind {
        case .memory: return nil
        case .sqlite(let path):
            #if SQLite
                return try SQLiteStore(path: path, .writing)
            #else
                throw CommandFailure("\(path): this build writes no databases: build it with --traits SQLite")
            #endif
        case .redis(let hosts):
            #if Redis
                return try RedisStore(hosts.map { RedisAddress($0.host, $0.port) }, name: name)
            #else
                _ = hosts
                throw CommandFailure("\(text): this build knows no Redis: build it with --traits Redis")
            #endif
        }
    }
}
