import BINWire

extension AddressOfRecord {
    init(_ name: Text, domain: Text, in bytes: RawSpan) throws(FieldFlaw) {
        guard !name.isEmpty else { throw FieldFlaw(.wire(.valueOutOfRange), "aor") }
        self.init(try name.owned(in: bytes, "aor"), domain: try domain.owned(in: bytes, "domain"))
    }
}

extension AoRRecord {
    /// What a decoded insert says (RX-30).
    init(_ message: AoRInsert, in layout: ContactLayout, _ bytes: RawSpan) throws(FieldFlaw) {
        self.init(try AddressOfRecord(message.aor, domain: message.domain, in: bytes))
        if layout.hasLabels {
            guard let next = UInt16(exactly: message.nextContactLabel), next <= AoRRecord.labelLimit else {
                throw FieldFlaw(.wire(.valueOutOfRange), "nextClabel")
            }
            label = UInt32(bitPattern: message.label)
            nextContactLabel = next
        }
        if layout.hasAoRKeyValues { keyValues = try KeyValues(message.keyValues, in: bytes) }
    }
}

extension Contact {
    /// What a decoded record says.
    init(
        _ record: ContactRecord, hasID: Bool, hasKeyValues: Bool, in layout: ContactLayout, _ bytes: RawSpan
    ) throws(FieldFlaw) {
        self.init(
            try AddressOfRecord(record.aor, domain: record.domain, in: bytes),
            uri: try record.contact.owned(in: bytes, "contact"), expires: record.expires)
        if hasID { id = ContactID(record.contactID) }
        callID = try record.callID.owned(in: bytes, "callid")
        userAgent = try record.userAgent.owned(in: bytes, "userAgent")
        path = try record.path.owned(in: bytes, "path")
        attributes = try record.attributes.owned(in: bytes, "attr")
        received = try record.received.owned(in: bytes, "received")
        instance = try record.instance.owned(in: bytes, "instance")
        q = record.q
        socket = try record.socket.owned(in: bytes, "sock")
        cseq = record.cseq
        flags = ContactFlags(rawValue: record.flags)
        if layout.hasFlagNames {
            let names = try record.branchFlagNames.owned(in: bytes, "cflags")
            branchFlags.names = names.split(separator: " ").map(String.init)
        } else {
            branchFlags.bits = record.branchFlags
        }
        methods = SIPMethods(rawValue: record.methods)
        lastModified = record.lastModified
        if hasKeyValues { keyValues = try KeyValues(record.keyValues, in: bytes) }
        if layout.hasMatch { matching = try ContactMatching(record.match, in: bytes) }
    }

    init(_ message: ContactInsert, in layout: ContactLayout, _ bytes: RawSpan) throws(FieldFlaw) {
        try self.init(
            message.record, hasID: layout.hasContactIDInInsert, hasKeyValues: layout.hasKeyValuesInInsert, in: layout,
            bytes)
    }

    init(_ message: ContactUpdate, in layout: ContactLayout, _ bytes: RawSpan) throws(FieldFlaw) {
        try self.init(
            message.record, hasID: layout.hasContactIDInUpdate, hasKeyValues: layout.hasKeyValuesInUpdate, in: layout,
            bytes)
    }
}

extension ContactKey {
    init(_ message: ContactDelete, in layout: ContactLayout, _ bytes: RawSpan) throws(FieldFlaw) {
        self.init(
            try AddressOfRecord(message.aor, domain: message.domain, in: bytes),
            uri: try message.contact.owned(in: bytes, "contact"), callID: try message.callID.owned(in: bytes, "callid"),
            cseq: message.cseq,
            matching: layout.hasMatch ? try ContactMatching(message.match, in: bytes) : .receiverDefault)
    }
}

extension ContactMatching {
    /// One of the four modes; a packet with another is ignored (UL-7).
    init(_ match: ContactMatch, in bytes: RawSpan) throws(FieldFlaw) {
        switch match.mode {
        case -1: self = .receiverDefault
        case 0: self = .uri
        case 1: self = .uriAndCallID
        case 2:
            let texts: [Text]
            do throws(WireError) {
                texts = try match.parameters.texts(in: bytes)
            } catch {
                throw FieldFlaw(.wire(error.code), "matchParams")
            }
            var names: [String] = []
            for text in texts { names.append(try text.owned(in: bytes, "matchParams", names.count)) }
            self = .parameters(names)
        default: throw FieldFlaw(.wire(.valueOutOfRange), "matchMode")
        }
    }
}

extension KeyValues {
    /// The map that a receiver makes of a field.
    fileprivate init(_ text: Text, in bytes: RawSpan) throws(FieldFlaw) {
        guard !text.isEmpty else {
            self.init()
            return
        }
        guard let map = try? text.bytes(in: bytes) else { throw FieldFlaw(.wire(.textOutsideSource), "kv") }
        self.init(received: map)
    }
}
