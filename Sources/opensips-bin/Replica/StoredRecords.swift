import BINMessages
import BINReplica
import BINStore
import BINText
import BINWire

/// The records of an SQLite file.
enum StoredRecords {
    #if SQLite
        /// Calls `body` with each contact, until it returns false.
        static func forEachContact(of path: String, _ body: (ListedRecord) -> Bool) throws {
            try SQLiteStore(path: path, .reading).forEachContact { body(ListedRecord($0, node: nil)) }
        }

        /// Calls `body` with each dialog, until it returns false.
        static func forEachDialog(of path: String, _ body: (ListedRecord) -> Bool) throws {
            try SQLiteStore(path: path, .reading).forEachDialog { body(ListedRecord($0)) }
        }

        /// The counters of a kind; of profiles also the calls that the table `dialog` has.
        static func counters(_ kind: CounterKind, of path: String) throws -> CounterReading {
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
        static func forEachContact(of path: String, _ body: (ListedRecord) -> Bool) throws {
            throw CommandFailure("\(path): this build reads no databases: build it with --traits SQLite")
        }

        static func forEachDialog(of path: String, _ body: (ListedRecord) -> Bool) throws {
            try forEachContact(of: path, body)
        }

        static func counters(_ kind: CounterKind, of path: String) throws -> CounterReading {
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
