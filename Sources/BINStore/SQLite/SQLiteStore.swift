#if SQLite
    public import BINReplica
    public import BINMessages
    import GRDB
    import Synchronization

    /// A replica's contacts and dialogs in an SQLite file, in the tables `location` and `dialog` as OpenSIPS has them; profile
    /// counters and pipes, which OpenSIPS keeps in no database, beside them in `bin_profiles` and `bin_pipes`.
    ///
    /// OpenSIPS servers and their tools read the file (versions 1013 and 12 of the tables, 2.4 and later for `location`, 3.2 and
    /// later for `dialog`); one process writes it. What ``write(_:)`` was handed is on the disk when it returns, and survives
    /// the end of the process at any moment after, and of the machine as far as the disk keeps its word.
    public final class SQLiteStore: RecordSink {
        /// How the file is opened.
        public enum Access: Sendable {
            /// To read; others may write at the same time.
            case reading
            /// To read and write; made when it is not there.
            case writing
        }

        /// The path of the file.
        public let path: String
        let queue: DatabaseQueue
        private let rows: Mutex<StoredRows>

        /// Opens the file.
        /// - Throws: ``StoreFailure`` when it is no SQLite file, damaged, not there, or has other tables by these names.
        public init(path: String, _ access: Access) throws(StoreFailure) {
            self.path = path
            rows = Mutex(StoredRows())
            var configuration = Configuration()
            configuration.readonly = access == .reading
            configuration.busyMode = .timeout(5)
            configuration.label = "opensips-bin"
            configuration.prepareDatabase { database in
                // What a file brings along is not run, and its damage is found where it is.
                try database.execute(sql: "PRAGMA trusted_schema = OFF")
                try database.execute(sql: "PRAGMA cell_size_check = ON")
                try database.execute(sql: "PRAGMA cache_size = -65536")
            }
            do {
                queue = try DatabaseQueue(path: path, configuration: configuration)
                if access == .writing {
                    try queue.writeWithoutTransaction { database in
                        try database.execute(sql: "PRAGMA journal_mode = WAL")
                        // Each commit waits for the disk.
                        try database.execute(sql: "PRAGMA synchronous = FULL")
                        // Rows lie all over the file, so that it pays to write the pages of many commits back together.
                        try database.execute(sql: "PRAGMA wal_autocheckpoint = 65536")
                    }
                    try queue.write { try StoredTables.create($0) }
                }
                try queue.read { try StoredTables.check($0) }
            } catch {
                throw StoreFailure(error, path)
            }
        }

        // MARK: Writing

        /// Writes changes, all or none of them; on return they are on the disk. What failed can be written again.
        public func write(_ changes: [RecordChange]) throws(StoreFailure) {
            guard !changes.isEmpty else { return }
            do {
                try rows.withLock { rows in
                    do {
                        try queue.write { database in
                            for change in SQLiteStore.inRowOrder(changes) { try rows.apply(change, to: database) }
                        }
                        rows.commit()
                    } catch {
                        rows.rollBack()
                        throw error
                    }
                }
            } catch {
                throw StoreFailure(error, path)
            }
        }

        /// Changes in the order in which their rows lie, where each contact changes once: pages are then written one after the other.
        private static func inRowOrder(_ changes: [RecordChange]) -> [RecordChange] {
            var seen: Set<UInt64> = []
            var contacts: [RecordChange] = []
            // Counters come in almost every batch, and have tables of their own.
            var counters: [RecordChange] = []
            for change in changes {
                switch change {
                case .contact(let serial, _):
                    guard seen.insert(serial).inserted else { return changes }
                    contacts.append(change)
                case .profile, .profileRemoved, .pipe, .pipeRemoved: counters.append(change)
                case .contactRemoved, .dialog, .dialogRemoved: return changes
                }
            }
            func number(_ change: RecordChange) -> UInt64 {
                if case .contact(_, let contact) = change { contact.id?.value ?? 0 } else { 0 }
            }
            return contacts.sorted { number($0) < number($1) } + counters
        }

        /// Says that the replica began anew, and that what is in the file stands only until it comes again.
        ///
        /// Rows are then found by address of record, URI and Call-ID, and taken over by the record that has them. Profile counters
        /// and pipes are forgotten at once: nodes say them again within seconds.
        public func beginResync() throws(StoreFailure) {
            do {
                try rows.withLock { rows in
                    rows = try queue.write { database in
                        try CounterRows.clear(database)
                        return try StoredRows(waitingIn: database)
                    }
                }
            } catch {
                throw StoreFailure(error, path)
            }
        }

        /// Says that everything came that there is of a kind: takes out the rows of before that did not come again.
        /// - Returns: how many there were.
        @discardableResult
        public func endResync(of kind: RecordKind) throws(StoreFailure) -> Int {
            do {
                return try rows.withLock { rows in try queue.write { try rows.removeWaiting(kind, from: $0) } }
            } catch {
                throw StoreFailure(error, path)
            }
        }

        public func endResync(of kind: RecordKind, _ replica: Replica) throws(StoreFailure) -> Int {
            try endResync(of: kind)
        }

        // MARK: Reading

        /// Calls `body` with each contact of all tables, until it returns false.
        public func forEachContact(_ body: (Contact) -> Bool) throws(StoreFailure) {
            do {
                try queue.read { database in
                    for table in try StoredTables.contactTables(database) {
                        let rows = try Row.fetchCursor(database, sql: LocationRow.select(from: table))
                        while let row = try rows.next() {
                            if !body(LocationRow.contact(row, table)) { return }
                        }
                    }
                }
            } catch {
                throw StoreFailure(error, path)
            }
        }

        /// Calls `body` with each dialog, until it returns false.
        public func forEachDialog(_ body: (StoredDialog) -> Bool) throws(StoreFailure) {
            do {
                try queue.read { database in
                    guard try database.tableExists("dialog") else { return }
                    let rows = try Row.fetchCursor(database, sql: "SELECT * FROM dialog")
                    while let row = try rows.next() {
                        if !body(DialogRow.dialog(row)) { return }
                    }
                }
            } catch {
                throw StoreFailure(error, path)
            }
        }

        /// Number of contacts.
        public func contactCount() throws(StoreFailure) -> Int {
            do {
                return try queue.read { database in
                    try StoredTables.contactTables(database).reduce(0) { sum, table in
                        let sql = "SELECT count(*) FROM \(table.quotedDatabaseIdentifier)"
                        return try sum + (Int.fetchOne(database, sql: sql) ?? 0)
                    }
                }
            } catch {
                throw StoreFailure(error, path)
            }
        }
    }

    extension StoreFailure {
        /// What SQLite says, in words that name the file.
        init(_ error: any Error, _ path: String) {
            guard let error = error as? DatabaseError else {
                let failure = error as? StoreFailure
                self.init(
                    "\(path): \(StoreFailure.line("\(error)"))", concernsRecord: failure?.concernsRecord ?? false)
                return
            }
            let message = StoreFailure.line(error.message ?? "SQLite error \(error.resultCode.rawValue)")
            switch error.resultCode {
            case .SQLITE_NOTADB: self.init("\(path) is no SQLite file")
            case .SQLITE_CORRUPT: self.init("\(path) is damaged: \(message)")
            case .SQLITE_CANTOPEN: self.init("\(path) cannot be opened: it is not there, or may not be read")
            case .SQLITE_BUSY, .SQLITE_LOCKED: self.init("\(path) is held by another process")
            case .SQLITE_FULL: self.init("\(path): the disk is full")
            case .SQLITE_READONLY: self.init("\(path) may not be written")
            default: self.init("\(path): \(message)")
            }
        }

        /// The first line of a message, which may quote what stands in a file, and no more than fits a line.
        private static func line(_ message: String) -> String {
            String(message.prefix { !$0.isNewline }.prefix(160))
        }
    }
#endif
