#if SQLite
    import GRDB

    /// Columns of rows that anybody may have written: SQLite keeps whatever it is given, of any type.
    extension Row {
        /// A text; empty when the column is missing, or holds none.
        func text(_ name: String) -> String { String.fromDatabaseValue(self[name] ?? .null) ?? "" }

        /// A whole number; nil when the column is missing, or holds none.
        func integer(_ name: String) -> Int64? { Int64.fromDatabaseValue(self[name] ?? .null) }
    }
#endif
