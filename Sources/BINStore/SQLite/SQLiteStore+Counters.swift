#if SQLite
    import BINMessages
    public import BINReplica
    import GRDB

    extension SQLiteStore {
        /// Calls `body` with each profile counter that a mirror wrote, in the order of profile and value, until it returns false.
        /// A file without the table has none.
        public func forEachProfile(_ body: (ProfileRecord) -> Bool) throws(StoreFailure) {
            try forEach("bin_profiles", "SELECT * FROM bin_profiles ORDER BY profile, has_value, value") {
                body(CounterRows.profile($0))
            }
        }

        /// Calls `body` with each pipe that a mirror wrote, in the order of their names, until it returns false. A file without
        /// the table has none.
        public func forEachPipe(_ body: (PipeRecord) -> Bool) throws(StoreFailure) {
            try forEach("bin_pipes", "SELECT * FROM bin_pipes ORDER BY pipe") { body(CounterRows.pipe($0)) }
        }

        /// How many calls are in each profile, by value, as the column `profiles` of the table `dialog` says. Calls that ended
        /// (state 5) are not among them; a profile without values has the empty one.
        public func callCounts() throws(StoreFailure) -> [ProfileLink: Int] {
            var counts: [ProfileLink: Int] = [:]
            try forEach("dialog", "SELECT profiles FROM dialog WHERE state < 5 AND profiles IS NOT NULL") { row in
                for link in ProfileLink.links(in: row.text("profiles")) { counts[link, default: 0] += 1 }
                return true
            }
            return counts
        }

        private func forEach(_ table: String, _ sql: String, _ body: (Row) -> Bool) throws(StoreFailure) {
            do {
                try queue.read { database in
                    guard try database.tableExists(table) else { return }
                    let rows = try Row.fetchCursor(database, sql: sql)
                    while let row = try rows.next() {
                        if !body(row) { return }
                    }
                }
            } catch {
                throw StoreFailure(error, path)
            }
        }
    }

    extension ProfileLink {
        /// The profiles that the text of a dialog names, in whichever of the two forms it is: from 3.4 on `name#1#value|`, before
        /// `name#value|` (Spec/dialog.md, vars and profiles). None when it is neither.
        static func links(in text: String) -> Set<ProfileLink> {
            let bytes = Array(text.utf8)
            // A value of the older form cannot look like the newer one: a '#' in it would be escaped.
            guard
                let records = DialogText.records(bytes.span.bytes, .typed)
                    ?? DialogText.records(bytes.span.bytes, .untyped)
            else { return [] }
            return Set(records.map { ProfileLink(name: $0.name, value: $0.value) })
        }
    }
#endif
