#if SQLite
    import BINMessages
    import BINReplica
    import BINText
    import GRDB

    /// Profile counters and rate-limit pipes as rows of two tables of this project's own, `bin_profiles` and `bin_pipes`. OpenSIPS
    /// keeps neither in a database, and does not read them.
    ///
    /// A row has the sum, what each node said as a JSON object by node id, and the time in milliseconds since 1970. It is never
    /// replaced or deleted by what is older.
    enum CounterRows {
        /// The names of the tables, which no table of contacts may have.
        static let tables: Set = ["bin_profiles", "bin_pipes"]

        /// Creates what is missing.
        static func create(_ database: Database) throws {
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS bin_profiles (
                        profile TEXT NOT NULL,
                        has_value INTEGER NOT NULL,
                        value TEXT NOT NULL,
                        count INTEGER NOT NULL,
                        nodes TEXT NOT NULL,
                        time INTEGER NOT NULL,
                        PRIMARY KEY (profile, has_value, value)) WITHOUT ROWID;
                    CREATE TABLE IF NOT EXISTS bin_pipes (
                        pipe TEXT PRIMARY KEY NOT NULL,
                        algorithm INTEGER NOT NULL,
                        max_rate INTEGER NOT NULL,
                        flags INTEGER NOT NULL,
                        count INTEGER NOT NULL,
                        nodes TEXT NOT NULL,
                        time INTEGER NOT NULL) WITHOUT ROWID
                    """)
        }

        /// Forgets all: what a peer counts is worth nothing once it was silent for some seconds, and no sync says what is still so.
        static func clear(_ database: Database) throws {
            for table in tables.sorted() { try database.execute(sql: "DELETE FROM \(table)") }
        }

        // MARK: Writing

        static func put(_ record: ProfileRecord, _ database: Database) throws {
            try database.cachedStatement(sql: putProfile).execute(arguments: [
                record.profile, record.value == nil ? 0 : 1, record.value ?? "", record.total,
                NodeCounts.object(record.nodes).text,
                Int64(clamping: record.time.milliseconds),
            ])
        }

        static func removeProfile(_ name: String, _ value: String?, _ time: ReplicaTime, _ database: Database) throws {
            let sql = "DELETE FROM bin_profiles WHERE profile = ? AND has_value = ? AND value = ? AND time <= ?"
            try database.cachedStatement(sql: sql).execute(arguments: [
                name, value == nil ? 0 : 1, value ?? "", Int64(clamping: time.milliseconds),
            ])
        }

        static func put(_ record: PipeRecord, _ database: Database) throws {
            try database.cachedStatement(sql: putPipe).execute(arguments: [
                record.name, Int64(record.algorithm.rawValue), Int64(record.limit), Int64(record.flags.rawValue),
                record.total, NodeCounts.object(record.nodes).text, Int64(clamping: record.time.milliseconds),
            ])
        }

        static func removePipe(_ name: String, _ time: ReplicaTime, _ database: Database) throws {
            try database.cachedStatement(sql: "DELETE FROM bin_pipes WHERE pipe = ? AND time <= ?").execute(
                arguments: [name, Int64(clamping: time.milliseconds)])
        }

        private static let putProfile = """
            INSERT INTO bin_profiles (profile, has_value, value, count, nodes, time) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (profile, has_value, value) DO UPDATE
            SET count = excluded.count, nodes = excluded.nodes, time = excluded.time WHERE excluded.time >= time
            """

        private static let putPipe = """
            INSERT INTO bin_pipes (pipe, algorithm, max_rate, flags, count, nodes, time) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (pipe) DO UPDATE
            SET algorithm = excluded.algorithm, max_rate = excluded.max_rate, flags = excluded.flags,
                count = excluded.count, nodes = excluded.nodes, time = excluded.time
            WHERE excluded.time >= time
            """

        // MARK: Reading

        /// The counter of a row of `bin_profiles`. Whatever stands in it, something comes of it.
        static func profile(_ row: Row) -> ProfileRecord {
            let value = row.text("value")
            return ProfileRecord(
                profile: row.text("profile"), value: (row.integer("has_value") ?? 0) == 0 ? nil : value,
                total: Int(row.integer("count") ?? 0), nodes: nodes(row), time: time(row))
        }

        /// The pipe of a row of `bin_pipes`. Whatever stands in it, something comes of it.
        static func pipe(_ row: Row) -> PipeRecord {
            PipeRecord(
                name: row.text("pipe"),
                algorithm: PipeAlgorithm(rawValue: Int32(clamping: row.integer("algorithm") ?? 0)) ?? .none,
                limit: Int32(clamping: row.integer("max_rate") ?? 0),
                flags: PipeFlags(rawValue: Int32(clamping: row.integer("flags") ?? 0)),
                total: Int(row.integer("count") ?? 0),
                nodes: nodes(row), time: time(row))
        }

        private static func nodes(_ row: Row) -> [Int32: Int] {
            NodeCounts.counts(try? JSONParser.parse(Array(row.text("nodes").utf8)))
        }

        private static func time(_ row: Row) -> ReplicaTime {
            ReplicaTime(milliseconds: UInt64(clamping: row.integer("time") ?? 0))
        }
    }
#endif
