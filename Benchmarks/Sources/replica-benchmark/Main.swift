import BINMessages
import BINReplica
import BINWire
import CReference

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Contacts from a recorded stream into memory: how fast, how large, how quickly found again. Beside it a plain C table.
@main
struct ReplicaBenchmark {
    static let count = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 1_000_000 : 1_000_000
    static let blockSize = 20_000

    static func main() throws {
        var replica = Replica(ReplicaConfiguration(release: Release(4, 0, 1), seed: 0x1234_5678_9ABC))
        var store = ContactsOfSwift(replica: replica)
        let ours = try fill { stream, from, to in store.apply(stream, from..<to) }
        report("Swift", ours)
        replica = store.replica
        print(
            "    contacts \(replica.contacts.count), AoRs \(replica.contacts.aorCount), reserved \(replica.contacts.reservedBytes / count) bytes a contact"
        )
        let byAoR = median(RecordedStream.aor) { store.find($0) }
        let byURI = median(RecordedStream.uri) { store.replica.contacts.contacts(uri: $0).count }
        let byCallID = median(RecordedStream.callID) { store.replica.contacts.contacts(callID: $0).count }
        print("    look-up in the median: by AoR \(byAoR) ns, by URI \(byURI) ns, by Call-ID \(byCallID) ns")
        var snapshot: Replica? = store.replica
        let later = try RecordedStream(count..<(count + 1))
        print(
            "    first write behind a snapshot \(time { store.apply(later, 0..<2) }) us, snapshot of \(snapshot?.contacts.count ?? 0) contacts"
        )
        snapshot = nil
        let refreshes = try RecordedStream(0..<blockSize, cseq: 18)
        let refreshing = cpu { store.apply(refreshes, 0..<refreshes.ends.count) }
        print("    \(Int(Double(blockSize) / refreshing)) refreshes of AoR and contact a second of processor time")
        let expiry = cpu { store.expire() }
        print(
            "    expiry of all: \(Int(expiry * 1e9 / Double(count))) ns a contact, left \(store.replica.contacts.count)"
        )
        let table = c_store_new(1 << 20)
        let theirs = try fill { stream, from, to in
            stream.bytes.withUnsafeBytes { bytes in
                for index in from..<to {
                    let start = index == 0 ? 0 : stream.ends[index - 1]
                    let packet = bytes.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self)
                    precondition(c_store_apply(table, packet, CInt(stream.ends[index] - start)) == 0)
                }
            }
        }
        report("plain C", theirs)
        let found = median(RecordedStream.aor) { name in
            name.withCString { Int(c_store_has(table, $0, CInt(name.utf8.count))) }
        }
        print("    look-up in the median: by AoR \(found) ns")
    }

    struct Result {
        var processorSeconds = 0.0
        var bytes = 0
    }

    /// Applies the whole stream, block by block; only applying is timed.
    static func fill(_ apply: (RecordedStream, Int, Int) -> Void) throws -> Result {
        var result = Result()
        let before = residentBytes()
        for start in stride(from: 0, to: count, by: blockSize) {
            let stream = try RecordedStream(start..<min(start + blockSize, count))
            result.processorSeconds += cpu { apply(stream, 0, stream.ends.count) }
        }
        result.bytes = residentBytes() - before
        return result
    }

    static func report(_ name: String, _ result: Result) {
        print(
            "\(name): \(Int(Double(count) / result.processorSeconds)) contacts with their AoRs a second of processor time, \(result.bytes / count) bytes resident a contact"
        )
    }

    static func cpu(_ body: () -> Void) -> Double {
        let before = now(CLOCK_PROCESS_CPUTIME_ID)
        body()
        return now(CLOCK_PROCESS_CPUTIME_ID) - before
    }

    static func time(_ body: () -> Void) -> Int {
        let before = now(CLOCK_MONOTONIC)
        body()
        return Int((now(CLOCK_MONOTONIC) - before) * 1e6)
    }

    static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Nanoseconds of the median of many single look-ups of contacts far apart.
    static func median(_ key: (Int) -> String, _ find: (String) -> Int) -> Int {
        var nanoseconds: [Int] = []
        for step in 1...100_000 {
            let key = key(step * 7_654_321 % count)
            let before = now(CLOCK_MONOTONIC)
            precondition(find(key) > 0)
            nanoseconds.append(Int((now(CLOCK_MONOTONIC) - before) * 1e9))
        }
        return nanoseconds.sorted()[nanoseconds.count / 2]
    }

    static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var size = 0
        var resident = 0
        _ = withUnsafeMutablePointer(to: &size) { first in
            withUnsafeMutablePointer(to: &resident) { second in
                withVaList([first, second]) { vfscanf(file, "%ld %ld", $0) }
            }
        }
        return resident * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// A replica and what is measured of it.
struct ContactsOfSwift {
    var replica: Replica
    var changes = ReplicaChanges()

    init(replica: Replica) { self.replica = replica }

    mutating func apply(_ stream: RecordedStream, _ range: Range<Int>) {
        let bytes = stream.bytes.span.bytes
        let time = ReplicaTime(seconds: 1_799_996_500)
        for index in range {
            let start = index == 0 ? 0 : stream.ends[index - 1]
            let packet = bytes.extracting(start..<stream.ends[index])
            guard let header = try? PacketHeader(parsing: packet, framing: .v2_3) else { continue }
            replica.apply(packet, header, from: 1, release: Release(4, 0, 1), at: time, into: &changes)
            if changes.changes.count > 1000 { changes.removeAll() }
        }
    }

    mutating func expire() {
        let end = ReplicaTime(seconds: 1_900_000_000)
        while !replica.advance(to: end, limit: 1000, into: &changes) { changes.removeAll() }
    }

    func find(_ aor: String) -> Int {
        guard let aor = replica.contacts.addressOfRecord(aor) else { return 0 }
        return replica.contacts.contacts(of: aor).count
    }
}
