/// Builds packets in a buffer of its own that is reused from packet to packet.
///
/// A packet is begun, its fields are appended, and it is finished with its trailer; the length or checksum is filled in
/// then. Nothing that was thrown leaves a half packet behind: ``bytes`` shows only what was finished.
///
/// The buffer is raw memory of a fixed size, because a packet has a fixed largest size and because a store per field must
/// not pass through an array's uniqueness check. Each store is preceded by a comparison with ``limit``, which never
/// exceeds the capacity; no pointer leaves this file.
@safe public struct PacketWriter: ~Copyable {
    @usableFromInline
    let base: UnsafeMutableRawPointer
    /// Bytes written so far, finished or not.
    @usableFromInline
    var count = 0
    @usableFromInline
    var limit: Int
    @usableFromInline
    var finishedCount = 0
    @usableFromInline
    var framing = Framing.v2_3
    /// The largest packet that this writer makes, in bytes.
    public let maximumLength: Int

    /// A writer of packets up to `maximumLength` bytes.
    /// - Parameter maximumLength: cut to 65,535. Towards 4.0 and later use ``Framing/maximumLengthSince4_0``.
    public init(maximumLength: Int = Framing.maximumLength) {
        let capacity = Swift.min(Swift.max(maximumLength, 64), Framing.maximumLength)
        self.maximumLength = capacity
        self.limit = capacity
        unsafe self.base = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        unsafe base.deallocate()
    }

    /// The finished packet; empty before the first one and after an error.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            let span = unsafe RawSpan(_unsafeStart: base, byteCount: finishedCount)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The finished packet as an array of its own.
    public func copyBytes() -> [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: base, count: finishedCount))
    }

    /// Offset at which the next field will stand.
    @inlinable
    public var offset: Int { count }

    /// Begins a packet, forgetting an earlier one.
    /// - Parameters:
    ///   - capability: name of the capability or module, 1 to 65,000 bytes.
    ///   - type: packet type.
    ///   - version: version of the capability's format; left out in 2.1.
    ///   - framing: generation to write.
    ///   - undefinedBytes: 2.2 only: what to put where the protocol defines nothing; zero unless a packet is copied.
    /// - Throws: ``WireError/Code/badCapabilityLength`` for an empty or overlong name.
    @inlinable
    public mutating func begin(
        capability: RawSpan, type: Int32, version: Int16, framing: Framing, undefinedBytes: UInt32 = 0
    ) throws(WireError) {
        finishedCount = 0
        self.framing = framing
        limit = maximumLength
        let nameLength = capability.byteCount
        guard nameLength > 0, framing.fixedHeaderSize + nameLength + 4 <= limit else {
            throw WireError(.badCapabilityLength, at: framing.fixedHeaderSize - framing.textLengthSize)
        }
        store32(Framing.magic, at: 0)
        store32(0, at: 4)
        switch framing {
        case .v2_1:
            store32(UInt32(truncatingIfNeeded: nameLength), at: 8)
        case .v2_2:
            store16(UInt16(truncatingIfNeeded: undefinedBytes), at: 6)
            store16(UInt16(bitPattern: version), at: 8)
            store16(UInt16(truncatingIfNeeded: undefinedBytes >> 16), at: 10)
            store32(UInt32(truncatingIfNeeded: nameLength), at: 12)
        case .v2_3:
            store16(UInt16(bitPattern: version), at: 8)
            store16(UInt16(truncatingIfNeeded: nameLength), at: 10)
        }
        copy(capability, at: framing.fixedHeaderSize)
        let typeOffset = framing.fixedHeaderSize + nameLength
        store32(UInt32(bitPattern: type), at: typeOffset)
        count = typeOffset + 4
    }

    /// Appends a 32-bit integer.
    @inlinable @inline(__always)
    public mutating func write(_ value: Int32) throws(WireError) {
        guard limit &- count >= 4 else { throw WireError(.packetFull, at: count) }
        store32(UInt32(bitPattern: value), at: count)
        count &+= 4
    }

    /// Appends a length-prefixed string.
    @inlinable @inline(__always)
    public mutating func write(_ text: RawSpan) throws(WireError) {
        let length = text.byteCount
        if framing == .v2_3 {
            guard limit &- count >= length &+ 2 else { throw WireError(.packetFull, at: count) }
            store16(UInt16(truncatingIfNeeded: length), at: count)
            copy(text, at: count &+ 2)
            count &+= length &+ 2
        } else {
            guard limit &- count >= length &+ 4 else { throw WireError(.packetFull, at: count) }
            store32(UInt32(truncatingIfNeeded: length), at: count)
            copy(text, at: count &+ 4)
            count &+= length &+ 4
        }
    }

    /// Appends a string that lies in `source`.
    /// - Throws: ``WireError/Code/textOutsideSource``, ``WireError/Code/packetFull``.
    @inlinable @inline(__always)
    public mutating func write(_ text: Text, in source: RawSpan) throws(WireError) {
        let start = Int(text.offset)
        let length = Int(text.length)
        guard start &+ length <= source.byteCount else { throw WireError(.textOutsideSource, at: start) }
        let prefix = framing == .v2_3 ? 2 : 4
        guard limit &- count >= length &+ prefix else { throw WireError(.packetFull, at: count) }
        if prefix == 2 {
            store16(UInt16(truncatingIfNeeded: length), at: count)
        } else {
            store32(UInt32(truncatingIfNeeded: length), at: count)
        }
        unsafe source.withUnsafeBytes { bytes in
            if let first = bytes.baseAddress {
                unsafe (base + (count &+ prefix)).copyMemory(from: first + start, byteCount: length)
            }
        }
        count &+= length &+ prefix
    }

    /// Appends a 64-bit number in the memory image form: a string of 8 bytes.
    @inlinable @inline(__always)
    public mutating func writeValue(_ value: UInt64) throws(WireError) {
        let prefix = framing.textLengthSize
        guard limit &- count >= prefix &+ 8 else { throw WireError(.packetFull, at: count) }
        if prefix == 2 { store16(8, at: count) } else { store32(8, at: count) }
        store64(value, at: count &+ prefix)
        count &+= prefix &+ 8
    }

    /// Appends a 32-bit number in the memory image form: a string of 4 bytes.
    @inlinable @inline(__always)
    public mutating func writeValue(_ value: UInt32) throws(WireError) {
        let prefix = framing.textLengthSize
        guard limit &- count >= prefix &+ 4 else { throw WireError(.packetFull, at: count) }
        if prefix == 2 { store16(4, at: count) } else { store32(4, at: count) }
        store32(value, at: count &+ prefix)
        count &+= prefix &+ 4
    }

    /// Appends bytes as they are, without a length.
    @inlinable
    public mutating func writeRaw(_ bytes: RawSpan) throws(WireError) {
        guard limit &- count >= bytes.byteCount else { throw WireError(.packetFull, at: count) }
        copy(bytes, at: count)
        count &+= bytes.byteCount
    }

    /// Overwrites the integer at `offset`, which lies in the part already written.
    @inlinable
    public mutating func patch(_ value: Int32, at offset: Int) {
        precondition(offset >= 0 && offset <= count - 4, "a patch must lie inside of what was written")
        store32(UInt32(bitPattern: value), at: offset)
    }

    /// Forgets the finished packet: ``bytes`` is empty until the next one.
    package mutating func forget() { finishedCount = 0 }

    /// Takes back what was appended from `offset` on, which lies in the part already written.
    package mutating func rewind(to offset: Int) {
        precondition(offset >= 0 && offset <= count, "only what was written can be taken back")
        count = offset
    }

    /// Appends the trailer, if there is one, and fills in length or checksum.
    /// - Throws: ``WireError/Code/packetFull`` when the trailer does not fit.
    @inlinable
    public mutating func finish(routing: Routing? = nil) throws(WireError) {
        if let routing {
            try write(routing.cluster)
            if let destinationCluster = routing.destinationCluster { try write(destinationCluster) }
            try write(routing.source)
            try write(routing.destination)
        }
        switch framing {
        case .v2_1:
            let body = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(base) + 8, byteCount: count - 8)
            store32(Checksum.compute(body), at: 4)
        case .v2_2:
            store16(UInt16(truncatingIfNeeded: count), at: 4)
        case .v2_3:
            store32(UInt32(truncatingIfNeeded: count), at: 4)
        }
        finishedCount = count
    }

    @inlinable @inline(__always)
    mutating func store16(_ value: UInt16, at offset: Int) {
        unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt16.self)
    }

    @inlinable @inline(__always)
    mutating func store32(_ value: UInt32, at offset: Int) {
        unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
    }

    @inlinable @inline(__always)
    mutating func store64(_ value: UInt64, at offset: Int) {
        unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self)
    }

    @inlinable @inline(__always)
    mutating func copy(_ bytes: RawSpan, at offset: Int) {
        unsafe bytes.withUnsafeBytes { source in
            if let start = source.baseAddress {
                unsafe (base + offset).copyMemory(from: start, byteCount: source.count)
            }
        }
    }
}

// The buffer is owned by exactly one value, which cannot be copied; handing it to another thread hands over all of it.
extension PacketWriter: @unchecked Sendable {}
