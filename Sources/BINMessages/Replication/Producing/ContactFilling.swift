import BINWire

extension AddressOfRecord {
    /// Refuses what receivers drop (UL-26, UL-29).
    func check() throws(ProductionFailure) {
        guard !domain.isEmpty else { throw .empty(field: "domain") }
        guard !name.isEmpty else { throw .empty(field: "aor") }
    }
}

extension AoRInsert {
    /// Takes over a record, with its texts in `arena`.
    mutating func fill(_ record: AoRRecord, _ arena: inout TextArena) throws(ProductionFailure) {
        try record.aor.check()
        guard record.nextContactLabel <= AoRRecord.labelLimit else {
            throw .outOfRange(field: "nextClabel", value: Int64(record.nextContactLabel))
        }
        domain = arena.add(record.aor.domain)
        aor = arena.add(record.aor.name)
        label = Int32(bitPattern: record.label)
        nextContactLabel = Int32(record.nextContactLabel)
        keyValues = arena.add(record.keyValues)
        if !arena.isClean {
            try TextArena.check([("domain", record.aor.domain), ("aor", record.aor.name)])
        }
        guard !record.keyValues.hasZeroByte else { throw .zeroByte(field: "kv") }
    }
}

extension ContactRecord {
    /// Takes over a contact, with its texts in `arena`, which is cleared before.
    mutating func fill(
        _ contact: borrowing Contact, in layout: ContactLayout, _ release: Release, matching: ContactMatching,
        _ arena: inout TextArena
    ) throws(ProductionFailure) {
        try contact.check(in: layout, release)
        arena.clear()
        domain = arena.add(contact.aor.domain)
        aor = arena.add(contact.aor.name)
        self.contact = arena.add(contact.uri)
        contactID = contact.id?.value ?? ContactID(of: contact.uri, in: contact.aor.name).value
        callID = arena.add(contact.callID)
        userAgent = arena.add(contact.userAgent)
        path = arena.add(contact.path)
        attributes = arena.add(contact.attributes)
        received = arena.add(contact.received)
        instance = arena.add(contact.instance)
        expires = contact.expires
        q = contact.q
        socket = arena.add(contact.socket)
        cseq = contact.cseq
        flags = contact.flags.intersection(.known(in: layout, release)).rawValue
        branchFlags = contact.branchFlags.bits
        branchFlagNames = layout.hasFlagNames ? arena.add(contact.branchFlags.names) : Text()
        methods = contact.methods.rawValue
        lastModified = contact.lastModified
        keyValues = arena.add(contact.keyValues)
        if !arena.isClean { try TextArena.check(contact.texts) }
        guard !contact.keyValues.hasZeroByte else { throw .zeroByte(field: "kv") }
        match = try ContactMatch(matching, in: layout, release, &arena)
    }
}

extension Contact {
    /// Refuses what a receiver would refuse, or understand as something else.
    fileprivate borrowing func check(in layout: ContactLayout, _ release: Release) throws(ProductionFailure) {
        try aor.check()
        guard !uri.isEmpty else { throw .empty(field: "contact") }
        guard q >= -1, q <= 1000 else { throw .outOfRange(field: "q", value: Int64(q)) }
        if layout.hasFlagNames {
            guard branchFlags.bits == 0 || !branchFlags.names.isEmpty else { throw .branchFlagsWithoutNames }
            for name in branchFlags.names where name.isEmpty || name.utf8.contains(UInt8(ascii: " ")) {
                throw .badFlagName(name)
            }
        } else {
            guard branchFlags.bits != 0 || branchFlags.names.isEmpty else { throw .branchFlagsWithoutBits }
        }
        guard !socket.isEmpty || release >= Release(2, 2, 3) else { throw .socketRequired(release) }
    }

    /// Every text with the name of its field.
    fileprivate var texts: [(field: String, text: String)] {
        [
            ("domain", aor.domain), ("aor", aor.name), ("contact", uri), ("callid", callID), ("userAgent", userAgent),
            ("path", path), ("attr", attributes), ("received", received), ("instance", instance), ("sock", socket),
        ] + branchFlags.names.map { ("cflags", $0) }
    }
}

extension ContactMatch {
    /// The match block; behind all other texts, because lengths stand among those of a list.
    init(
        _ matching: ContactMatching, in layout: ContactLayout, _ release: Release, _ arena: inout TextArena
    ) throws(ProductionFailure) {
        self.init()
        switch matching {
        case .receiverDefault: mode = -1
        case .uri: mode = 0
        case .uriAndCallID: mode = 1
        case .parameters(let names):
            guard layout.hasMatch else { throw .matchingNotInRelease(release) }
            guard names.count <= Int(ContactMatch.parameterLimit) else {
                throw .outOfRange(field: "matchCount", value: Int64(names.count))
            }
            try TextArena.check(names.map { ("matchParams", $0) })
            mode = 2
            parameters = arena.addList(names)
        }
    }
}
