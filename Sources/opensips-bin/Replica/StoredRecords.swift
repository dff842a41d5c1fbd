import BINMessages
import BINReplica
import BINStore
import BINText
import BINWire

/// The records that a mirror wrote, or a server into its SQLite file.
enum StoredRecords {
    /// Calls `body` with each contact, until it returns false.
    static func forEachContact(of store: String, _ body: (ListedRecord) -> Bool) throws {
        switch try StoredPlace(parsing: store) {
        case .file(let path): try forEachContact(ofFile: path, body)
        case .redis(let hosts): try forEach(.contacts, of: hosts, body)
        }
    }

    /// Calls `body` with each dialog, until it returns false.
    static func forEachDialog(of store: String, _ body: (ListedRecord) -> Bool) throws {
        switch try StoredPlace(parsing: store) {
        case .file(let path): try forEachDialog(ofFile: path, body)
        case .redis(let hosts): try forEach(.dialogs, of: hosts, body)
        }
    }

    /// The counters of a kind; of profiles also how many dialogs are in each.
    static func counters(_ kind: CounterKind, of store: String) throws -> CounterReading {
        switch try StoredPlace(parsing: store) {
        case .file(let path): try counters(kind, ofFile: path)
        case .redis(let hosts): try counters(kind, of: hosts)
        }
    }

    #if Redis
        private static func counters(
            _ kind: CounterKind, of hosts: [(host: String, port: Int32)]
        ) throws -> CounterReading {
            var reader = try RedisReader(hosts.map { RedisAddress($0.host, $0.port) })
            var reading = CounterReading()
            switch kind {
            case .profiles:
                reading.profiles = try reader.profiles()
                reading.calls = try reader.callCounts()
            case .pipes: reading.pipes = try reader.pipes()
            }
            return reading
        }

        private static func forEach(
            _ kind: RecordKind, of hosts: [(host: String, port: Int32)], _ body: (ListedRecord) -> Bool
        ) throws {
            var reader = try RedisReader(hosts.map { RedisAddress($0.host, $0.port) })
            try reader.forEach(kind) { json in ListedRecord(json: json).map(body) ?? true }
        }
    #else
        private static func forEach(
            _ kind: RecordKind, of hosts: [(host: String, port: Int32)], _ body: (ListedRecord) -> Bool
        ) throws {
            throw CommandFailure("this build knows no Redis: build it with --traits Redis")
        }

        private static func counters(
            _ kind: CounterKind, of hosts: [(host: String, port: Int32)]
        ) throws -> CounterReading {
            throw CommandFailure("this build knows no Redis: build it with --traits Redis")
        }
    #endif

    #if SQLite
        private static func forEachContact(ofFile path: String, _ body: (ListedRecord) -> Bool) throws {
            try SQLiteStore(path: path, .reading).forEachContact { body(ListedRecord($0, node: nil)) }
        }

        private static func forEachDialog(ofFile path: String, _ body: (ListedRecord) -> Bool) throws {
            try SQLiteStore(path: path, .reading).forEachDialog { body(ListedRecord($0)) }
        }

        private static func counters(_ kind: CounterKind, ofFile path: String) throws -> CounterReading {
            let store = try SQLiteStore(path: path, .reading)
            var reading = CounterReading()
            switch kind {
            case .profiles:
                try store.forEachProfile {
                    reading.profiles.append($0)
                    return true
                }
                reading.calls = try store.callCounts()
            case .pipes:
                try store.forEachPipe {
                    reading.pipes.append($0)
                    return true
                }
            }
            return reading
        }
    #else
        private static func forEachContact(ofFile path: String, _ body: (ListedRecord) -> Bool) throws {
            throw CommandFailure("\(path): this build reads no databases: build it with --traits SQLite")
        }

        private static func forEachDialog(ofFile path: String, _ body: (ListedRecord) -> Bool) throws {
            try forEachContact(ofFile: path, body)
        }

        private static func counters(_ kind: CounterKind, ofFile path: String) throws -> CounterReading {
            throw CommandFailure("\(path): this build reads no databases: build it with --traits SQLite")
        }
    #endif
}

#if SQLite
    extension ListedRecord {
        /// A dialog of a file.
        init(_ dialog: StoredDialog) {
            self.init()
            func text(_ name: StaticString, _ value: String, _ meaning: Meaning = .plain) {
                let start = UInt32(clamping: bytes.count)
                bytes.append(contentsOf: value.utf8)
                let place = Text(offset: start, length: UInt32(clamping: bytes.count) - start)
                fields.append(FieldNode(.text, name, meaning, text: place))
            }
            func number(_ name: StaticString, _ value: Int64, _ meaning: Meaning = .plain) {
                fields.append(FieldNode(meaning == .contactID ? .value64 : .integer, name, meaning, value: value))
            }
            text("callid", dialog.callID)
            text("fromTag", dialog.fromTag)
            text("toTag", dialog.toTag)
            text("fromUri", dialog.fromURI, .uri)
            text("toUri", dialog.toURI, .uri)
            number("hId", Int64(Int32(truncatingIfNeeded: dialog.id)))
            number("startTs", Int64(dialog.startTime), .unixTime)
            number("state", Int64(dialog.state), .dialogState)
            text("vars", dialog.variables, .typedVariables)
            text("profiles", dialog.profiles, .typedProfiles)
            number("timeout", Int64(dialog.timeout), .unixTime)
            number("id", Int64(bitPattern: dialog.id), .contactID)
        }
    }
#endif
