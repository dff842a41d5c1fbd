import BINWire

/// What a packet is about, by its capability and type in any release.
enum ReplicationSubject {
    case contacts
    case profiles
    case pipes
    case sync

    /// Nil for a packet that is about something else.
    init?(_ bytes: RawSpan, _ header: PacketHeader) {
        guard header.typeOffset <= bytes.byteCount else { return nil }
        let name = bytes.extracting(Int(header.capability.offset)..<header.typeOffset)
        switch name.byteCount {
        case 2 where name.equals("ul"): self = .contacts
        case 6 where name.equals("dialog") && header.type == 4: self = .profiles
        case 9 where name.equals("ratelimit"): self = .pipes
        case 15 where name.equals("clusterer-extra") && ReplicationSubject.maySync(header.type): self = .sync
        case 16 where name.equals("dialog-prof-repl"): self = .profiles
        case 19 where name.equals("usrloc-contact-repl"): self = .contacts
        case 19 where name.equals("ratelimit-pipe-repl"): self = .pipes
        default: return nil
        }
    }

    /// The numbers of SYNC and SYNC_END in all dialects.
    private static func maySync(_ type: Int32) -> Bool { (10...12).contains(type) }

    /// Whether it is a sync packet whose first field names another capability than contacts; such a packet is not looked into.
    func isSyncOfAnother(_ bytes: RawSpan, _ header: PacketHeader) -> Bool {
        guard self == .sync else { return false }
        var cursor = FieldCursor(bytes, range: header.bodyOffset..<header.length, framing: header.framing)
        guard let text = try? cursor.readText(), let name = try? text.bytes(in: bytes) else { return false }
        return !name.equals("usrloc-contact-repl")
    }

    /// Whether the packet says in its first fields whom it comes from, and has no trailer.
    static func beginsWithSource(_ bytes: RawSpan, _ header: PacketHeader) -> Bool {
        let name = bytes.extracting(Int(header.capability.offset)..<header.typeOffset)
        return name.equals("clusterer") || name.equals("clusterer-internal")
    }
}

extension RawSpan {
    fileprivate func equals(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        for index in 0..<byteCount where unsafe uint8(uncheckedAt: index) != text.utf8Start[index] { return false }
        return true
    }
}
