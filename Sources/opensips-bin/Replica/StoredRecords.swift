import BINMessages
import BINStore
import BINText
import BINWire

/// The records of an SQLite file.
enum StoredRecords {
    #if SQLite
        static func contacts(_ path: String) throws -> [ListedRecord] {
            var records: [ListedRecord] = []
            try SQLiteStore(path: path, .reading).forEachContact { contact in
                records.append(ListedRecord(contact, node: nil))
                return true
            }
            return records
        }

        static func dialogs(_ path: String) throws -> [ListedRecord] {
            var records: [ListedRecord] = []
            try SQLiteStore(path: path, .reading).forEachDialog { dialog in
                records.append(ListedRecord(dialog))
                return true
            }
            return records
        }
    #else
        static func contacts(_ path: String) throws -> [ListedRecord] {
            throw CommandFailure("\(path): this build reads no databases: build it with --traits SQLite")
        }

        static func dialogs(_ path: String) throws -> [ListedRecord] { try contacts(path) }
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
