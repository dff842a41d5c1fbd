import BINWire

/// A field that was decoded and yet cannot be accepted.
struct FieldFlaw: Error {
    var reason: DecodingFailure.Reason
    /// Name of the field in the declaration.
    var field: StaticString
    /// Which of the fields of that name, where records repeat.
    var occurrence = 0

    init(_ reason: DecodingFailure.Reason, _ field: StaticString, occurrence: Int = 0) {
        self.reason = reason
        self.field = field
        self.occurrence = occurrence
    }
}

extension Text {
    /// The text as a string of its own.
    func owned(in bytes: RawSpan, _ field: StaticString, _ occurrence: Int = 0) throws(FieldFlaw) -> String {
        guard length > 0 else { return "" }
        guard let string = string(in: bytes) else { throw FieldFlaw(.notUTF8, field, occurrence: occurrence) }
        return string
    }
}

extension DecodingFailure {
    /// Why the body of a message was refused: what the fast decoder saw, named by reading the body again.
    init<M: Message>(
        _ error: WireError, _ message: M.Type, in layout: M.Layout, _ bytes: RawSpan, body: Range<Int>, framing: Framing
    ) {
        let reading = DecodingFailure.read(message, in: layout, bytes, body: body, framing: framing)
        self.init(
            .wire(error.code), offset: Int(error.offset), capability: M.identity(in: layout)?.capability ?? "",
            message: M.name.description, layout: M.layoutName(in: layout), field: reading.failedField?.description)
    }

    /// Why a decoded message was refused.
    init<M: Message>(
        _ flaw: FieldFlaw, _ message: M.Type, in layout: M.Layout, _ bytes: RawSpan, body: Range<Int>, framing: Framing
    ) {
        let reading = DecodingFailure.read(message, in: layout, bytes, body: body, framing: framing)
        let name = flaw.field.description
        let named = reading.nodes.filter { $0.isField && $0.name.description == name }
        let node = flaw.occurrence < named.count ? named[flaw.occurrence] : named.last
        self.init(
            flaw.reason, offset: node.map { Int($0.offset) } ?? body.lowerBound,
            capability: M.identity(in: layout)?.capability ?? "", message: M.name.description,
            layout: M.layoutName(in: layout), field: name)
    }

    private static func read<M: Message>(
        _ message: M.Type, in layout: M.Layout, _ bytes: RawSpan, body: Range<Int>, framing: Framing
    ) -> (nodes: [FieldNode], failedField: StaticString?) {
        var message = M()
        var describer = Describer(FieldCursor(bytes, range: body, framing: framing), appendingTo: [])
        var failedField: StaticString?
        do throws(WireError) {
            try message.fields(&describer, in: layout)
        } catch {
            failedField = describer.failedField
        }
        return (describer.finish(), failedField)
    }
}
