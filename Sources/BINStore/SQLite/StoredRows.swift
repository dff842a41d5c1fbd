#if SQLite
    import BINMessages
    import BINReplica
    import GRDB

    /// Which row each record of the replica has.
    ///
    /// The number of a row, `contact_id`, is the id of the contact where that is free: servers take hash and labels from it. What a
    /// server does not keep unique (contacts of several nodes before 2.4.3) gets the next free number.
    struct StoredRows: Sendable {
        /// What names a contact beyond the life of a replica.
        private struct Identity: Hashable {
            var aor: AddressOfRecord
            var uri: String
            var callID: String
        }

        private struct Place {
            var table: String
            var id: Int64
        }

        /// The statements of a table of contacts; put together once, as that takes longer than to run one.
        private struct Statements {
            let replace: String
            let insert: String
            let exists: String
            let delete: String

            init(_ table: String) {
                replace = LocationRow.insert("OR REPLACE", into: table)
                insert = LocationRow.insert("OR IGNORE", into: table)
                exists = "SELECT 1 FROM \(table.quotedDatabaseIdentifier) WHERE contact_id = ?"
                delete = "DELETE FROM \(table.quotedDatabaseIdentifier) WHERE contact_id = ?"
            }
        }

        /// Of the tables that are known to be there.
        private var statements: [String: Statements] = [:]
        private var contacts: [UInt64: Place] = [:]
        private var dialogs: [UInt64: Int64] = [:]
        /// Rows of an earlier life that nobody has taken over yet.
        private var waiting: [Identity: [Place]] = [:]
        private var waitingDialogs: Set<Int64> = []

        /// What the transaction under way took out, to be put back when it fails. What it put in stays, as it is written again.
        private var removed: [(serial: UInt64, place: Place)] = []
        private var removedDialogs: [(serial: UInt64, id: Int64)] = []

        init() {}

        mutating func commit() {
            removed = []
            removedDialogs = []
        }

        mutating func rollBack() {
            for (serial, place) in removed { contacts[serial] = place }
            for (serial, id) in removedDialogs { dialogs[serial] = id }
            // A table that was made is gone again.
            statements = [:]
            commit()
        }

        /// Takes all rows of a file for rows of an earlier life.
        init(waitingIn database: Database) throws {
            for table in try StoredTables.contactTables(database) {
                let rows = try Row.fetchCursor(
                    database,
                    sql: "SELECT contact_id, username, domain, contact, callid FROM \(table.quotedDatabaseIdentifier)")
                while let row = try rows.next() {
                    let contact = LocationRow.contact(row, table)
                    let place = Place(table: table, id: Int64(bitPattern: contact.id?.value ?? 0))
                    let identity = Identity(aor: contact.aor, uri: contact.uri, callID: contact.callID)
                    waiting[identity, default: []].append(place)
                }
            }
            if try database.tableExists("dialog") {
                waitingDialogs = Set(try Int64.fetchAll(database, sql: "SELECT dlg_id FROM dialog"))
            }
        }

        mutating func apply(_ change: RecordChange, to database: Database) throws {
            switch change {
            case .contact(let serial, let contact): try put(serial, contact, database)
            case .contactRemoved(let serial, _):
                guard let place = contacts.removeValue(forKey: serial) else { return }
                removed.append((serial, place))
                try delete(place, database)
            case .dialog(let serial, let dialog):
                let id = Int64(bitPattern: dialog.id)
                if let old = dialogs[serial], old != id { try deleteDialog(old, database) }
                dialogs[serial] = id
                waitingDialogs.remove(id)
                try database.cachedStatement(sql: StoredRows.dialogInsert).execute(arguments: DialogRow.values(dialog))
            case .dialogRemoved(let serial, _, _):
                guard let id = dialogs.removeValue(forKey: serial) else { return }
                removedDialogs.append((serial, id))
                try deleteDialog(id, database)
            case .profile(let record): try CounterRows.put(record, database)
            case .profileRemoved(let name, let value, let time):
                try CounterRows.removeProfile(name, value, time, database)
            case .pipe(let record): try CounterRows.put(record, database)
            case .pipeRemoved(let name, let time): try CounterRows.removePipe(name, time, database)
            }
        }

        private mutating func put(_ serial: UInt64, _ contact: Contact, _ database: Database) throws {
            if let place = contacts[serial] ?? takeWaiting(contact) {
                contacts[serial] = place
                let sql = try statements(of: place.table, database).replace
                try database.cachedStatement(sql: sql).execute(arguments: LocationRow.values(contact, id: place.id))
                return
            }
            let table = contact.aor.domain
            let sql = try statements(of: table, database)
            let wanted = Int64(bitPattern: (contact.id ?? ContactID(of: contact.uri, in: contact.aor.name)).value)
            var place = Place(table: table, id: wanted)
            try database.cachedStatement(sql: sql.insert).execute(arguments: LocationRow.values(contact, id: wanted))
            if database.changesCount == 0 {
                place.id = try StoredRows.freeID(near: contact, sql.exists, database)
                try database.cachedStatement(sql: sql.insert).execute(
                    arguments: LocationRow.values(contact, id: place.id))
            }
            contacts[serial] = place
        }

        private mutating func statements(of table: String, _ database: Database) throws -> Statements {
            if let known = statements[table] { return known }
            try StoredTables.createContacts(table, database)
            let made = Statements(table)
            statements[table] = made
            return made
        }

        private mutating func takeWaiting(_ contact: Contact) -> Place? {
            guard !waiting.isEmpty else { return nil }
            let identity = Identity(aor: contact.aor, uri: contact.uri, callID: contact.callID)
            let place = waiting[identity]?.popLast()
            if waiting[identity]?.isEmpty == true { waiting[identity] = nil }
            return place
        }

        /// Takes out the rows of a kind that nobody took over.
        mutating func removeWaiting(_ kind: RecordKind, from database: Database) throws -> Int {
            switch kind {
            case .contacts:
                let places = Array(waiting.values.joined())
                for place in places { try delete(place, database) }
                waiting = [:]
                return places.count
            case .dialogs:
                for id in waitingDialogs { try deleteDialog(id, database) }
                defer { waitingDialogs = [] }
                return waitingDialogs.count
            }
        }

        // MARK: Rows

        /// A number that no row has, with the hash of the address of record in its place.
        private static func freeID(near contact: Contact, _ exists: String, _ database: Database) throws -> Int64 {
            var id = ContactID(of: contact.uri, in: contact.aor.name)
            let first = id.contactLabel
            for record in UInt32(0)..<64 {
                id.recordLabel = record
                repeat {
                    let number = Int64(bitPattern: id.value)
                    let isTaken =
                        try Int.fetchOne(try database.cachedStatement(sql: exists), arguments: [number]) != nil
                    if !isTaken { return number }
                    id.contactLabel = (id.contactLabel + 1) & 0x3FFF
                } while id.contactLabel != first
            }
            throw StoreFailure("there are too many contacts of '\(contact.aor.name)'", concernsRecord: true)
        }

        private mutating func delete(_ place: Place, _ database: Database) throws {
            let sql = try statements(of: place.table, database).delete
            try database.cachedStatement(sql: sql).execute(arguments: [place.id])
        }

        private func deleteDialog(_ id: Int64, _ database: Database) throws {
            try database.cachedStatement(sql: "DELETE FROM dialog WHERE dlg_id = ?").execute(arguments: [id])
        }

        private static let dialogInsert =
            "INSERT OR REPLACE INTO dialog (\(DialogRow.columns.joined(separator: ","))) "
            + "VALUES (\(DialogRow.columns.map { _ in "?" }.joined(separator: ",")))"
    }
#endif
