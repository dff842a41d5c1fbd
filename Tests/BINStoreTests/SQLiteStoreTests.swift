#if SQLite
    import BINMessages
    import BINReplica
    import Foundation
    import TestSupport
    import Testing

    @testable import BINStore
    @testable import StoreVictim

    /// A file of its own for a test.
    struct TemporaryFile: ~Copyable {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).sqlite").path

        deinit {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        }
    }

    @Suite struct SQLiteStoreTests {
        /// What a store holds.
        private struct Content: Equatable {
            var contacts: Set<Contact>
            var profiles: Set<ProfileRecord>
            var pipes: Set<PipeRecord>
        }

        /// What a store is to hold after changes.
        private static func model(_ seed: UInt64, _ count: Int) -> Content {
            var script = ChangeScript(seed: seed)
            var contacts: [UInt64: Contact] = [:]
            var profiles: [[String?]: ProfileRecord] = [:]
            var pipes: [String: PipeRecord] = [:]
            for _ in 0..<count {
                switch script.next() {
                case .contact(let serial, let contact): contacts[serial] = contact
                case .contactRemoved(let serial, _): contacts[serial] = nil
                case .profile(let record): profiles[[record.profile, record.value]] = record
                case .profileRemoved(let name, let value, _): profiles[[name, value]] = nil
                case .pipe(let record): pipes[record.name] = record
                case .pipeRemoved(let name, _): pipes[name] = nil
                case .dialog, .dialogRemoved: break
                }
            }
            return Content(contacts: bare(contacts), profiles: Set(profiles.values), pipes: Set(pipes.values))
        }

        private static func content(_ store: borrowing SQLiteStore) throws -> Content {
            var content = Content(contacts: try held(store), profiles: [], pipes: [])
            try store.forEachProfile { content.profiles.insert($0).inserted }
            try store.forEachPipe { content.pipes.insert($0).inserted }
            return content
        }

        private static func held(_ store: borrowing SQLiteStore) throws -> Set<Contact> {
            var held: Set<Contact> = []
            try store.forEachContact { contact in
                var contact = contact
                // The number of the row, where several contacts claim the same.
                contact.id = nil
                held.insert(contact)
                return true
            }
            return held
        }

        private static func bare(_ model: [UInt64: Contact]) -> Set<Contact> {
            Set(
                model.values.map { contact in
                    var contact = contact
                    contact.id = nil
                    return contact
                })
        }

        @Test func `contacts and counters are read as they were written, whatever changed before`() throws {
            var random = SeededRandom.printed()
            for _ in 0..<4 {
                let file = TemporaryFile()
                let seed = UInt64.random(in: 0..<UInt64.max, using: &random)
                let count = 600
                var script = ChangeScript(seed: seed)
                let store = try SQLiteStore(path: file.path, .writing)
                for _ in 0..<(count / 50) { try store.write((0..<50).map { _ in script.next() }) }
                let expected = Self.model(seed, count)
                #expect(!expected.profiles.isEmpty && !expected.pipes.isEmpty)
                #expect(try Self.content(store) == expected)
                #expect(try store.contactCount() == expected.contacts.count)
                let reader = try SQLiteStore(path: file.path, .reading)
                #expect(try Self.content(reader) == expected)
            }
        }

        @Test func `a row has the id of its contact, and contacts that claim the same id all have a row`() throws {
            let file = TemporaryFile()
            let store = try SQLiteStore(path: file.path, .writing)
            var contacts: [Contact] = []
            for number in 0..<3 {
                var contact = Contact(
                    AddressOfRecord("alice"), uri: "sip:alice@10.0.0.\(number)", expires: 2_000_000_000)
                contact.id = ContactID(aor: "alice", recordLabel: 5, contactLabel: 9)
                contacts.append(contact)
            }
            try store.write(contacts.enumerated().map { .contact(serial: UInt64($0.offset), $0.element) })
            var ids: [String: ContactID] = [:]
            try store.forEachContact {
                ids[$0.uri] = $0.id
                return true
            }
            #expect(ids["sip:alice@10.0.0.0"] == contacts[0].id)
            #expect(Set(ids.values).count == 3)
            // Servers find the slot of the address of record by the hash in the id.
            #expect(Set(ids.values.map(\.aorHash)).count == 1)
            try store.write([.contactRemoved(serial: 0, contacts[0])])
            #expect(try store.contactCount() == 2)
        }

        @Test func `after a restart rows are taken over, and those that did not come again go`() throws {
            let file = TemporaryFile()
            var kept = Contact(AddressOfRecord("kept"), uri: "sip:kept@10.0.0.1", expires: 2_000_000_000)
            kept.callID = "1"
            let gone = Contact(AddressOfRecord("gone"), uri: "sip:gone@10.0.0.1", expires: 2_000_000_000)
            do {
                let store = try SQLiteStore(path: file.path, .writing)
                try store.write([.contact(serial: 1, kept), .contact(serial: 2, gone)])
            }
            let store = try SQLiteStore(path: file.path, .writing)
            try store.beginResync()
            kept.cseq = 77
            try store.write([.contact(serial: 1, kept)])
            #expect(try store.contactCount() == 2)
            #expect(try store.endResync(of: .contacts) == 1)
            var found: [Int32] = []
            try store.forEachContact {
                found.append($0.cseq)
                return true
            }
            #expect(found == [77])
        }

        @Test func `a table of contacts that a peer names has its own place, and no name harms the file`() throws {
            let file = TemporaryFile()
            let store = try SQLiteStore(path: file.path, .writing)
            let other = Contact(AddressOfRecord("a", domain: "aliases"), uri: "sip:a@b", expires: 2_000_000_000)
            try store.write([.contact(serial: 1, other)])
            for (number, name) in [
                "x\"; DROP TABLE version; --", "", "version", "Dialog", "bin_Pipes", "sqlite_master",
            ].enumerated() {
                let contact = Contact(AddressOfRecord("a", domain: name), uri: "sip:a@b", expires: 2_000_000_000)
                #expect(throws: StoreFailure.self) { try store.write([.contact(serial: UInt64(number + 2), contact)]) }
            }
            #expect(try Self.held(store).map(\.aor.domain) == ["aliases"])
        }

        // MARK: Damage

        @Test func `a file that is none, is not there or is another database is one clear sentence`() throws {
            let file = TemporaryFile()
            func failure(_ access: SQLiteStore.Access) -> String {
                do {
                    _ = try SQLiteStore(path: file.path, access)
                    return ""
                } catch { return "\(error)" }
            }
            #expect(failure(.reading) == "\(file.path) cannot be opened: it is not there, or may not be read")
            try Data("not a database, but long enough to be looked at as one".utf8).write(
                to: URL(fileURLWithPath: file.path))
            #expect(failure(.reading) == "\(file.path) is no SQLite file")
            #expect(failure(.writing) == "\(file.path) is no SQLite file")
            try Data().write(to: URL(fileURLWithPath: file.path))
            #expect(failure(.reading).contains("no OpenSIPS database"))
        }

        @Test func `a damaged file is read or refused, and never ends the process`() throws {
            let file = TemporaryFile()
            do {
                let store = try SQLiteStore(path: file.path, .writing)
                var script = ChangeScript(seed: 4)
                try store.write((0..<300).map { _ in script.next() })
            }
            let whole = try Data(contentsOf: URL(fileURLWithPath: file.path))
            var random = SeededRandom.printed()
            var refused = 0
            for _ in 0..<60 {
                let damaged = TemporaryFile()
                var bytes = whole
                for _ in 0..<Int.random(in: 1...400, using: &random) {
                    bytes[Int.random(in: 16..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                if Bool.random(using: &random) {
                    bytes = bytes.prefix(Int.random(in: 100..<bytes.count, using: &random))
                }
                try bytes.write(to: URL(fileURLWithPath: damaged.path))
                do {
                    let store = try SQLiteStore(path: damaged.path, .reading)
                    try store.forEachContact { _ in true }
                    try store.forEachDialog { _ in true }
                    try store.forEachProfile { _ in true }
                    try store.forEachPipe { _ in true }
                    _ = try store.callCounts()
                } catch {
                    refused += 1
                    #expect(error.description.hasPrefix(damaged.path))
                    #expect(!error.description.contains("\n"))
                }
            }
            #expect(refused > 0)
        }

        // MARK: Kills

        @Test func `nothing that was acknowledged is lost when the writer is killed at any moment`() async throws {
            var random = SeededRandom.printed()
            var interrupted = 0
            for _ in 0..<12 {
                let file = TemporaryFile()
                let seed = UInt64.random(in: 0..<UInt64.max, using: &random)
                let batch = Int.random(in: 1...20, using: &random)
                let count = 4000
                let victim = try Victim(file.path, seed: seed, batch: batch, count: count)
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...250, using: &random)))
                let acknowledged = victim.kill()
                if acknowledged < count { interrupted += 1 }
                guard FileManager.default.fileExists(atPath: file.path) else {
                    #expect(acknowledged == 0)
                    continue
                }
                let store = try SQLiteStore(path: file.path, .writing)
                let held = try Self.content(store)
                // What was under way when it was killed may be there, whole, or not.
                let candidates = Set([acknowledged, min(acknowledged + batch, count)])
                #expect(
                    candidates.contains { Self.model(seed, $0) == held },
                    "seed \(seed), batch \(batch), acknowledged \(acknowledged), held \(held.contacts.count)")
            }
            #expect(interrupted > 0)
        }
    }

    /// A process that writes to a store.
    private final class Victim {
        private let process = Process()
        private let output = Foundation.Pipe()

        init(_ path: String, seed: UInt64, batch: Int, count: Int) throws {
            var directory = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            while directory.path != "/",
                !FileManager.default.isExecutableFile(atPath: directory.appendingPathComponent("StoreVictim").path)
            { directory.deleteLastPathComponent() }
            process.executableURL = directory.appendingPathComponent("StoreVictim")
            process.arguments = [path, "\(seed)", "\(batch)", "\(count)"]
            process.standardOutput = output
            try process.run()
        }

        /// Kills it, and says how many changes it had acknowledged.
        func kill() -> Int {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            // A line that was cut short acknowledges nothing; a shorter number is a lower one.
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            return lines.last.flatMap { Int($0) } ?? 0
        }
    }
#endif
