#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Why the memory of a node cannot be used.
public enum GossipMemoryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is there, and cannot be read or is no memory.
    case unreadable(path: String, reason: String)
    /// It was written by another node.
    case anothers(path: String, cluster: Int32, node: Int32)
    /// It cannot be written.
    case unwritable(path: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "the memory \(path) cannot be read: \(reason)"
        case .anothers(let path, let cluster, let node):
            "the memory \(path) belongs to node \(node) of cluster \(cluster)"
        case .unwritable(let path, let reason): "the memory \(path) cannot be written: \(reason)"
        }
    }
}

/// The file in which a node keeps what must outlive it. A reader finds the old bytes or the new ones, whenever the machine stops.
struct GossipMemoryFile: Sendable {
    let path: String
    /// More than a memory can have.
    private static let longest = 1 << 20

    /// What was written last; nil when there is no file.
    func read() throws(GossipMemoryError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .unreadable(path: path, reason: lastError())
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.longest)
        var count = 0
        while count < bytes.count {
            let result = bytes[count...].withUnsafeMutableBytes {
                systemRead(descriptor, $0.baseAddress, $0.count)
            }
            if result < 0 {
                if errno == EINTR { continue }
                throw .unreadable(path: path, reason: lastError())
            }
            if result == 0 { return Array(bytes[..<count]) }
            count += result
        }
        throw .unreadable(path: path, reason: "it is too long")
    }

    /// Puts `bytes` in place of what is there, and returns when they are on the disk.
    func write(_ bytes: [UInt8]) throws(GossipMemoryError) {
        let draft = path + ".new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: lastError()) }
        do throws(GossipMemoryError) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let result = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
                if result < 0 {
                    if errno == EINTR { continue }
                    throw .unwritable(path: path, reason: lastError())
                }
                rest = rest.dropFirst(result)
            }
            guard fsync(descriptor) == 0 else { throw .unwritable(path: path, reason: lastError()) }
        } catch {
            close(descriptor)
            throw error
        }
        close(descriptor)
        guard rename(draft, path) == 0 else { throw .unwritable(path: path, reason: lastError()) }
        // The name is on the disk when its folder is.
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let place = open(folder, O_RDONLY | O_CLOEXEC)
        guard place >= 0 else { return }
        _ = fsync(place)
        close(place)
    }

    private func lastError() -> String { String(cString: strerror(errno)) }
}

private func systemRead(_ descriptor: CInt, _ base: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, base, count)
}

private func systemWrite(_ descriptor: CInt, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, base, count)
}
