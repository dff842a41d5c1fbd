package import BINMessages
import BINWire

/// A contact or dialog that is printed: its fields as `inspect --json` names them, and what is known beside them.
package struct ListedRecord {
    /// What the texts of the fields refer to.
    package var bytes: [UInt8] = []
    package var fields: [FieldNode] = []
    /// The node that sent the last change; nil when it is not known.
    package var node: String?
    /// The JSON object, where the record was made of one; it is written as it is.
    package var json: [UInt8]?

    /// A record.
    package init(bytes: [UInt8] = [], fields: [FieldNode] = [], node: String? = nil) {
        self.bytes = bytes
        self.fields = fields
        self.node = node
    }

    /// One JSON object.
    package func writeObject(to output: OutputBuffer) {
        if let json { return output.append(json.span.bytes) }
        let values = FieldJSON(output)
        let source = bytes.span.bytes
        output.append(UInt8(ascii: "{"))
        for (index, field) in fields.enumerated() {
            output.append(index == 0 ? "\"" : ",\"" as StaticString)
            output.append(field.name)
            output.append("\":" as StaticString)
            values.value(field, source)
        }
        if let node {
            output.append(",\"node\":" as StaticString)
            if let id = Int64(node) { output.append(id) } else { JSONWriter(output: output).string(node) }
        }
        output.append(UInt8(ascii: "}"))
    }

    /// A field as a cell of a table; moments are written out.
    package func cell(_ name: String) -> String {
        if name == "node" { return node ?? "-" }
        guard let field = fields.first(where: { $0.name.description == name }) else { return "-" }
        switch field.kind {
        case .text:
            let source = bytes.span.bytes
            guard let text = try? field.text.bytes(in: source), !text.isEmpty else { return "-" }
            return text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        default:
            if field.meaning == .unixTime {
                if field.value > 10 { return CalendarTime(secondsSinceEpoch: field.value).description }
                return field.value == 0 ? "never" : "deleted"
            }
            return field.meaning.name(of: field.value) ?? "\(field.value)"
        }
    }

    /// The value of a field that is a number.
    package func number(_ name: String) -> Int64? { fields.first { $0.name.description == name }?.value }
}

/// Prints records as lines of JSON, or as a table.
package struct RecordPrinter {
    private let output = OutputBuffer()
    private let json: Bool
    private let names: [String]
    private var table: TextTable
    /// Records so far.
    package private(set) var count = 0

    /// - Parameters:
    ///   - json: whether each record is an object on a line of its own.
    ///   - columns: of the table, pairs of a title and the name of a field.
    package init(json: Bool, _ columns: [(title: String, name: String)]) {
        self.json = json
        names = columns.map(\.name)
        table = TextTable(columns.map(\.title))
    }

    /// Prints one more; false when nobody reads any more.
    package mutating func print(_ record: ListedRecord) -> Bool {
        count += 1
        guard json else {
            table.append(names.map { record.cell($0) })
            return true
        }
        record.writeObject(to: output)
        output.append(UInt8(ascii: "\n"))
        output.flushIfFull()
        return !output.isClosed
    }

    /// Prints what is left.
    package func finish() {
        if !json, count > 0 { table.write(to: output) }
        output.flush()
    }
}

extension ListedRecord {
    /// A contact.
    package init(_ contact: Contact, node: String?) {
        var arena: [UInt8] = []
        func keep(_ text: String) -> Text {
            let start = arena.count
            arena.append(contentsOf: text.utf8)
            return Text(offset: UInt32(clamping: start), length: UInt32(clamping: arena.count - start))
        }
        var insert = ContactInsert()
        insert.record.domain = keep(contact.aor.domain)
        insert.record.aor = keep(contact.aor.name)
        insert.record.contact = keep(contact.uri)
        insert.record.contactID = contact.id?.value ?? 0
        insert.record.callID = keep(contact.callID)
        insert.record.userAgent = keep(contact.userAgent)
        insert.record.path = keep(contact.path)
        insert.record.attributes = keep(contact.attributes)
        insert.record.received = keep(contact.received)
        insert.record.instance = keep(contact.instance)
        insert.record.expires = contact.expires
        insert.record.q = contact.q
        insert.record.socket = keep(contact.socket)
        insert.record.cseq = contact.cseq
        insert.record.flags = contact.flags.rawValue
        insert.record.branchFlags = contact.branchFlags.bits
        insert.record.branchFlagNames = keep(contact.branchFlags.names.joined(separator: " "))
        insert.record.methods = contact.methods.rawValue
        insert.record.lastModified = contact.lastModified
        insert.record.keyValues = keep(contact.keyValues.text)
        // Flags are names from 3.6 on, bits before; how the contact is to be matched belongs to a packet.
        let layout: ContactLayout = contact.branchFlags.bits == 0 ? .k : .j
        var lister = FieldLister(source: arena)
        try? insert.fields(&lister, in: layout)
        fields = lister.nodes.filter { !$0.name.description.hasPrefix("match") }
        bytes = arena
        self.node = node
    }
}
