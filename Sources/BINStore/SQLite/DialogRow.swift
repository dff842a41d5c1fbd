#if SQLite
    import BINMessages
    import BINWire
    import BINReplica
    import GRDB

    /// What the table `dialog` holds of a dialog.
    public struct StoredDialog: Hashable, Sendable {
        /// Bucket × 2³² + number in the bucket (DL-4).
        public var id: UInt64
        public var callID: String
        public var fromURI: String
        public var fromTag: String
        public var toURI: String
        public var toTag: String
        /// 1 unconfirmed, 2 early, 3 confirmed without ACK, 4 confirmed, 5 deleted.
        public var state: Int32
        /// Unix time in seconds.
        public var startTime: Int32
        /// Unix time in seconds.
        public var timeout: Int32
        /// Variables and profiles in text form.
        public var variables: String
        public var profiles: String
    }

    /// A dialog as a row of `dialog`.
    enum DialogRow {
        static let columns = [
            "dlg_id", "callid", "from_uri", "from_tag", "to_uri", "to_tag", "mangled_from_uri", "mangled_to_uri",
            "caller_cseq", "callee_cseq", "caller_ping_cseq", "callee_ping_cseq", "caller_route_set",
            "callee_route_set", "caller_contact", "callee_contact", "caller_sock", "callee_sock", "state",
            "start_time", "timeout", "vars", "profiles", "script_flags", "module_flags", "flags", "rt_on_answer",
            "rt_on_timeout", "rt_on_hangup",
        ]

        /// The values of the columns.
        static func values(_ dialog: Dialog) -> StatementArguments {
            let state = dialog.state
            func text(_ path: KeyPath<DialogState, Text>) -> String { dialog.text(path) }
            func optional(_ path: KeyPath<DialogState, Text>) -> DatabaseValue {
                let text = dialog.text(path)
                return text.isEmpty ? .null : text.databaseValue
            }
            let variables = String(decoding: DialogText.write(dialog.variables, .typed), as: UTF8.self)
            let links = dialog.links.map { link in
                DialogText.Record(name: Array((link.profile + link.suffix).utf8), value: Array(link.value.utf8))
            }
            let profiles = String(decoding: DialogText.write(links, .typed), as: UTF8.self)
            func integer(_ value: Int32) -> Int64 { Int64(value) }
            return [
                Int64(bitPattern: dialog.id), text(\.callID), text(\.fromURI), text(\.fromTag), text(\.toURI),
                text(\.toTag), optional(\.mangledFromURI), optional(\.mangledToURI), text(\.caller.cseq),
                text(\.callee.cseq), integer(state.caller.generatedCSeq), integer(state.callee.generatedCSeq),
                optional(\.caller.routeSet), optional(\.callee.routeSet), text(\.caller.contact),
                text(\.callee.contact), text(\.caller.socket), text(\.callee.socket), integer(state.state),
                integer(state.startTime), integer(state.timeout),
                variables.isEmpty ? DatabaseValue.null : variables.databaseValue,
                profiles.isEmpty ? DatabaseValue.null : profiles.databaseValue, "\(state.userFlags)",
                integer(state.moduleFlags), integer(state.flags), optional(\.onAnswerRoute),
                optional(\.onTimeoutRoute), optional(\.onHangupRoute),
            ]
        }

        /// The dialog of a row. Whatever stands in it, something comes of it.
        static func dialog(_ row: Row) -> StoredDialog {
            func text(_ name: String) -> String { row.text(name) }
            func integer(_ name: String) -> Int64 { row.integer(name) ?? 0 }
            return StoredDialog(
                id: UInt64(bitPattern: integer("dlg_id")), callID: text("callid"), fromURI: text("from_uri"),
                fromTag: text("from_tag"), toURI: text("to_uri"), toTag: text("to_tag"),
                state: Int32(clamping: integer("state")), startTime: Int32(clamping: integer("start_time")),
                timeout: Int32(clamping: integer("timeout")), variables: text("vars"), profiles: text("profiles"))
        }
    }
#endif
