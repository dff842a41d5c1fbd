#if SQLite
    import GRDB

    /// The tables of a file, as OpenSIPS defines them: the names, types and defaults of its columns, and the version of each table
    /// in the table `version`, which its modules check before they use one. ``CounterRows`` has those that it does not know.
    enum StoredTables {
        /// The version of `location`, the same from 2.4 to 4.0.
        static let locationVersion = 1013
        /// The version of `dialog` from 3.2 on.
        static let dialogVersion = 12
        /// The most tables of contacts.
        static let tableLimit = 16

        /// Creates what is missing.
        static func create(_ database: Database) throws {
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS version (
                        table_name CHAR(32) NOT NULL,
                        table_version INTEGER DEFAULT 0 NOT NULL,
                        CONSTRAINT version_t_name_idx UNIQUE (table_name))
                    """)
            try createContacts("location", database)
            try CounterRows.create(database)
            if try !database.tableExists("dialog") {
                try database.execute(sql: dialogTable)
                try note("dialog", dialogVersion, database)
            }
        }

        /// Creates a table of contacts.
        static func createContacts(_ name: String, _ database: Database) throws {
            let isThere = try database.tableExists(name)
            // What is there may be a table of another kind, such as one that a server has in the same file.
            let isPossible =
                try isName(name)
                && (isThere
                    ? missingColumn(of: name, contactColumns, database) == nil
                    : contactTables(database).count < tableLimit)
            guard isPossible else {
                throw StoreFailure("there can be no table of contacts '\(name)'", concernsRecord: true)
            }
            guard !isThere else { return }
            try database.execute(
                sql: "CREATE TABLE \(name.quotedDatabaseIdentifier) (\(contactColumns))")
            try note(name, locationVersion, database)
        }

        private static func note(_ name: String, _ version: Int, _ database: Database) throws {
            try database.execute(
                sql: "INSERT OR REPLACE INTO version (table_name, table_version) VALUES (?, ?)",
                arguments: [name, version])
        }

        /// Whether a name of a peer may become the name of a table.
        private static func isName(_ name: String) -> Bool {
            // SQLite takes names that differ in case only for the same.
            let lower = name.lowercased()
            guard (1...32).contains(name.utf8.count), lower != "version", lower != "dialog",
                !lower.hasPrefix("sqlite_"), !CounterRows.tables.contains(lower)
            else {
                return false
            }
            return name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        }

        /// The tables of contacts that there are.
        static func contactTables(_ database: Database) throws -> [String] {
            let names = try String.fetchAll(
                database, sql: "SELECT table_name FROM version WHERE table_version = ? ORDER BY rowid LIMIT 64",
                arguments: [locationVersion])
            return try names.filter { try isName($0) && database.tableExists($0) }
        }

        /// Refuses a file whose tables are others.
        static func check(_ database: Database) throws {
            guard try database.tableExists("version") else {
                throw StoreFailure("there is no table 'version', so it is no OpenSIPS database")
            }
            for (name, columns) in [("location", contactColumns), ("dialog", dialogColumns)]
            where try database.tableExists(name) {
                if let missing = try missingColumn(of: name, columns, database) {
                    throw StoreFailure("the table '\(name)' has no column '\(missing)'")
                }
            }
        }

        /// The first of the columns that a table does not have.
        private static func missingColumn(
            of table: String, _ columns: String, _ database: Database
        ) throws -> String? {
            let known = Set(try database.columns(in: table).map(\.name))
            return columns.split(separator: ",\n").lazy.compactMap { $0.split(separator: " ").first.map(String.init) }
                .first { !known.contains($0) }
        }

        private static let contactColumns = """
            contact_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            username CHAR(64) DEFAULT '' NOT NULL,
            domain CHAR(64) DEFAULT NULL,
            contact TEXT NOT NULL,
            received CHAR(255) DEFAULT NULL,
            path CHAR(255) DEFAULT NULL,
            expires INTEGER NOT NULL,
            q FLOAT(10,2) DEFAULT 1.0 NOT NULL,
            callid CHAR(255) DEFAULT 'Default-Call-ID' NOT NULL,
            cseq INTEGER DEFAULT 13 NOT NULL,
            last_modified DATETIME DEFAULT '1900-01-01 00:00:01' NOT NULL,
            flags INTEGER DEFAULT 0 NOT NULL,
            cflags CHAR(255) DEFAULT NULL,
            user_agent CHAR(255) DEFAULT '' NOT NULL,
            socket CHAR(64) DEFAULT NULL,
            methods INTEGER DEFAULT NULL,
            sip_instance CHAR(255) DEFAULT NULL,
            kv_store TEXT(512) DEFAULT NULL,
            attr CHAR(255) DEFAULT NULL
            """

        private static let dialogColumns = """
            dlg_id BIGINT(10) PRIMARY KEY NOT NULL,
            callid CHAR(255) NOT NULL,
            from_uri CHAR(255) NOT NULL,
            from_tag CHAR(64) NOT NULL,
            to_uri CHAR(255) NOT NULL,
            to_tag CHAR(64) NOT NULL,
            mangled_from_uri CHAR(255) DEFAULT NULL,
            mangled_to_uri CHAR(255) DEFAULT NULL,
            caller_cseq CHAR(11) NOT NULL,
            callee_cseq CHAR(11) NOT NULL,
            caller_ping_cseq INTEGER NOT NULL,
            callee_ping_cseq INTEGER NOT NULL,
            caller_route_set TEXT(512),
            callee_route_set TEXT(512),
            caller_contact CHAR(255),
            callee_contact CHAR(255),
            caller_sock CHAR(64) NOT NULL,
            callee_sock CHAR(64) NOT NULL,
            state INTEGER NOT NULL,
            start_time INTEGER NOT NULL,
            timeout INTEGER NOT NULL,
            vars BLOB(4096) DEFAULT NULL,
            profiles TEXT(512) DEFAULT NULL,
            script_flags CHAR(255) DEFAULT NULL,
            module_flags INTEGER DEFAULT 0 NOT NULL,
            flags INTEGER DEFAULT 0 NOT NULL,
            rt_on_answer CHAR(64) DEFAULT NULL,
            rt_on_timeout CHAR(64) DEFAULT NULL,
            rt_on_hangup CHAR(64) DEFAULT NULL
            """

        private static var dialogTable: String { "CREATE TABLE dialog (\(dialogColumns))" }
    }
#endif
