import ArgumentParser

/// Where a mirror wrote: a file, or Redis.
enum StoredPlace {
    case file(path: String)
    case redis(hosts: [(host: String, port: Int32)])

    /// A path, `sqlite:FILE`, or `redis://HOST:PORT[,HOST:PORT…]`.
    init(parsing text: String) throws {
        guard text.hasPrefix("redis:") || text.hasPrefix("sqlite:") else {
            self = .file(path: text)
            return
        }
        switch MirrorTarget(argument: text)?.kind {
        case .sqlite(let path)?: self = .file(path: path)
        case .redis(let hosts)?: self = .redis(hosts: hosts)
        case .memory?, nil:
            throw ValidationError("'\(text)' is no store: name a file, or redis://HOST:PORT[,HOST:PORT…]")
        }
    }
}
