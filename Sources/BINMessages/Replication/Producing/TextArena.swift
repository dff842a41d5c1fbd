import BINWire

/// Gathers the texts of a message, which refers to them by their place.
struct TextArena {
    private(set) var bytes: [UInt8] = []

    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    mutating func add(_ string: borrowing String) -> Text {
        let start = bytes.count
        bytes.append(contentsOf: string.utf8)
        return text(from: start)
    }

    /// Names with a space between them.
    mutating func add(_ names: [String]) -> Text {
        let start = bytes.count
        for (index, name) in names.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: " ")) }
            bytes.append(contentsOf: name.utf8)
        }
        return text(from: start)
    }

    /// A map. Zero bytes in it are escaped, so that only ``KeyValues/hasZeroByte`` tells of them.
    mutating func add(_ map: KeyValues) -> Text {
        guard !map.isEmpty else { return Text() }
        let start = bytes.count
        map.append(to: &bytes)
        return text(from: start)
    }

    /// A list with 16-bit lengths; each string has fewer than 65,536 bytes.
    mutating func addList(_ strings: [String]) -> TextList {
        let start = bytes.count
        for string in strings {
            let length = UInt16(truncatingIfNeeded: string.utf8.count)
            bytes.append(UInt8(truncatingIfNeeded: length))
            bytes.append(UInt8(truncatingIfNeeded: length >> 8))
            bytes.append(contentsOf: string.utf8)
        }
        return TextList(extent: text(from: start), count: Int32(truncatingIfNeeded: strings.count))
    }

    private func text(from start: Int) -> Text {
        Text(
            offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: bytes.count - start))
    }

    /// Whether nothing gathered so far needs a closer look: no zero byte, and fewer bytes than a packet has at most.
    var isClean: Bool {
        guard bytes.count < 65536 else { return false }
        let span = unsafe bytes.span.bytes
        var position = 0
        while position + 8 <= span.byteCount {
            let word = span.uint64(uncheckedAt: position)
            // A byte of the word is zero: Hacker's Delight, section 6-1.
            if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { return false }
            position += 8
        }
        while position < span.byteCount {
            if span.uint8(uncheckedAt: position) == 0 { return false }
            position += 1
        }
        return true
    }

    /// Says what is wrong with texts that are not clean; nothing when only their sum is large.
    static func check(_ texts: [(field: String, text: String)]) throws(ProductionFailure) {
        for (field, text) in texts {
            guard text.utf8.count < 65536 else { throw .textTooLong(field: field, length: text.utf8.count) }
            guard !text.utf8.contains(0) else { throw .zeroByte(field: field) }
        }
    }
}

extension FieldGroup {
    /// Appends the fields, whose texts are in `arena`, to the packet that `writer` has begun.
    @inline(__always)
    mutating func encode(
        from arena: borrowing TextArena, in layout: Layout, into writer: inout PacketWriter
    ) throws(WireError) {
        unsafe try encodeBody(from: arena.bytes.span.bytes, in: layout, into: &writer)
    }
}
