#if SQLite
    import BINMessages
    import BINWire
    import GRDB

    /// A contact as a row of `location`.
    enum LocationRow {
        static let columns = [
            "contact_id", "username", "domain", "contact", "received", "path", "expires", "q", "callid", "cseq",
            "last_modified", "flags", "cflags", "user_agent", "socket", "methods", "sip_instance", "kv_store", "attr",
        ]

        /// The end of the year 9999, the last that SQLite can write.
        private static let latest: UInt64 = 253_402_300_799

        /// The statement that writes a row, instead of or beside one with the same number (`OR REPLACE`, `OR IGNORE`). Times of a
        /// change are texts in UTC.
        static func insert(_ conflict: String, into table: String) -> String {
            let values = columns.map { $0 == "last_modified" ? "datetime(?, 'unixepoch')" : "?" }
            return "INSERT \(conflict) INTO \(table.quotedDatabaseIdentifier) (\(columns.joined(separator: ","))) "
                + "VALUES (\(values.joined(separator: ",")))"
        }

        /// The statement that reads all rows.
        static func select(from table: String) -> String {
            "SELECT *, CAST(strftime('%s', last_modified) AS INTEGER) AS modified FROM \(table.quotedDatabaseIdentifier)"
        }

        /// User and domain as the two columns have them: where servers use domains, the address of record holds both.
        static func parts(of aor: String) -> (user: String, domain: String?) {
            guard let at = aor.utf8.firstIndex(of: UInt8(ascii: "@")) else { return (aor, nil) }
            return (String(aor[..<at]), String(aor[aor.index(after: at)...]))
        }

        /// The values of the columns.
        static func values(_ contact: Contact, id: Int64) -> StatementArguments {
            let (user, domain) = parts(of: contact.aor.name)
            func optional(_ text: String) -> DatabaseValue { text.isEmpty ? .null : text.databaseValue }
            // -1 stands for a preference that was not given, and NULL for methods that were not.
            let q = contact.q < 0 ? -1.0 : Double(contact.q) / 1000
            let methods = contact.methods.rawValue
            return [
                id, user, domain, contact.uri, optional(contact.received), optional(contact.path),
                Int64(clamping: contact.expires), q, contact.callID, Int64(contact.cseq),
                Int64(clamping: min(contact.lastModified, latest)),
                Int64(contact.flags.rawValue), contact.branchFlags.names.joined(separator: " "), contact.userAgent,
                optional(contact.socket), methods == -1 ? DatabaseValue.null : Int64(methods).databaseValue,
                optional(contact.instance), optional(contact.keyValues.text), optional(contact.attributes),
            ]
        }

        /// The contact of a row. Whatever stands in it, something comes of it.
        static func contact(_ row: Row, _ table: String) -> Contact {
            func text(_ name: String) -> String { row.text(name) }
            func integer(_ name: String) -> Int64? { row.integer(name) }
            let domain = text("domain")
            let aor = domain.isEmpty ? text("username") : "\(text("username"))@\(domain)"
            let expires = UInt64(clamping: integer("expires") ?? 0)
            var contact = Contact(AddressOfRecord(aor, domain: table), uri: text("contact"), expires: expires)
            contact.id = integer("contact_id").map { ContactID(UInt64(bitPattern: $0)) }
            contact.received = text("received")
            contact.path = text("path")
            let q = Double.fromDatabaseValue(row["q"] ?? .null) ?? -1
            contact.q = q >= 0 && q <= 1 ? Int32((q * 1000).rounded()) : -1
            contact.callID = text("callid")
            contact.cseq = Int32(clamping: integer("cseq") ?? 0)
            contact.lastModified = UInt64(clamping: integer("modified") ?? 0)
            contact.flags = ContactFlags(rawValue: Int32(clamping: integer("flags") ?? 0))
            contact.branchFlags.names = text("cflags").split(separator: " ").map(String.init)
            contact.userAgent = text("user_agent")
            contact.socket = text("socket")
            contact.methods =
                integer("methods").map { SIPMethods(rawValue: Int32(truncatingIfNeeded: $0)) } ?? .notStated
            contact.instance = text("sip_instance")
            contact.keyValues = KeyValues(received: text("kv_store").utf8.span.bytes)
            contact.attributes = text("attr")
            return contact
        }
    }
#endif
