import BINWire

/// Records of variable size in a few large pieces of memory.
///
/// A million records as objects of their own would cost a header, a reference and rounding each; here a record is a place
/// in a chunk. Chunks are shared by copies of the arena until one of them writes, so that a copy is a snapshot: it costs
/// nothing when it is made, and later one copy of each chunk that is written to.
struct RecordArena: Sendable {
    /// Bytes of a chunk. A record never crosses the end of one.
    static let chunkSize = 1 << 18
    /// Records begin at multiples of this.
    static let unit = 16
    /// The largest record in bytes. More than a packet can bring.
    static let recordLimit = 1 << 17

    private var chunks: [[UInt8]] = []
    /// Where the unused end of the last chunk begins.
    private var bump = RecordArena.chunkSize
    /// By size class: the first of the free records, linked through their first four bytes; 0 for none.
    private var free = [UInt32](repeating: 0, count: RecordArena.classCount)
    /// The most bytes that chunks may take together.
    let byteLimit: Int
    /// Bytes of records in use.
    private(set) var usedBytes = 0

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// Bytes of all chunks.
    var reservedBytes: Int { chunks.count * RecordArena.chunkSize }

    // MARK: Size classes

    /// Up to 64 units each number of units has a class of its own; above there are eight a power of two.
    private static let classCount = 64 + 8 * 8 + 1

    /// The smallest class that holds `units`, and how many units its records have.
    private static func sizeClass(_ units: Int) -> (index: Int, units: Int) {
        guard units > 64 else { return (units, units) }
        let power = Int.bitWidth - 1 - (units - 1).leadingZeroBitCount
        let step = 1 << (power - 3)
        let eighth = (units - (1 << power) + step - 1) / step
        return (64 + (power - 6) * 8 + eighth, (1 << power) + eighth * step)
    }

    /// How many units a record of `size` bytes takes.
    static func units(_ size: Int) -> Int { sizeClass((size + unit - 1) / unit).units }

    // MARK: Allocation

    /// A place for `units` units, as ``units(_:)`` gave them; nil when the limit is reached.
    mutating func allocate(units: Int) -> UInt32? {
        let index = RecordArena.sizeClass(units).index
        let size = units * RecordArena.unit
        if free[index] != 0 { return take(index, units) }
        if bump + size > RecordArena.chunkSize, let place = split(from: index + 1, units) { return place }
        if bump + size > RecordArena.chunkSize {
            guard reservedBytes + RecordArena.chunkSize <= byteLimit, chunks.count < 1 << 18 else { return nil }
            releaseTail()
            chunks.append([UInt8](repeating: 0, count: RecordArena.chunkSize))
            // Place 0 means no record.
            bump = chunks.count == 1 ? RecordArena.unit : 0
        }
        let place = UInt32((chunks.count - 1) * (RecordArena.chunkSize / RecordArena.unit) + bump / RecordArena.unit)
        bump += size
        usedBytes += size
        return place
    }

    private mutating func take(_ index: Int, _ units: Int) -> UInt32 {
        let place = free[index]
        free[index] = load32(place, 0)
        usedBytes += units * RecordArena.unit
        return place
    }

    /// Takes a larger free record and gives back what is too much of it.
    private mutating func split(from first: Int, _ units: Int) -> UInt32? {
        guard first < free.count, let index = free[first...].firstIndex(where: { $0 != 0 }) else { return nil }
        let whole = RecordArena.unitsOfClass(index)
        let place = take(index, whole)
        usedBytes -= whole * RecordArena.unit
        addFree(place + UInt32(units), whole - units)
        usedBytes += units * RecordArena.unit
        return place
    }

    private static func unitsOfClass(_ index: Int) -> Int {
        guard index > 64 else { return index }
        let power = 6 + (index - 65) / 8
        return (1 << power) + ((index - 65) % 8 + 1) * (1 << (power - 3))
    }

    /// Makes free records of `units` units that begin at `place`.
    private mutating func addFree(_ place: UInt32, _ units: Int) {
        var place = place
        var units = units
        while units > 0 {
            var index = units <= 64 ? units : RecordArena.sizeClass(units).index
            while RecordArena.unitsOfClass(index) > units { index -= 1 }
            let part = RecordArena.unitsOfClass(index)
            store32(place, 0, free[index])
            free[index] = place
            place += UInt32(part)
            units -= part
        }
    }

    /// The end of a chunk that the next record does not fit into serves smaller ones.
    private mutating func releaseTail() {
        guard !chunks.isEmpty, bump < RecordArena.chunkSize else { return }
        let units = RecordArena.chunkSize / RecordArena.unit
        addFree(
            UInt32((chunks.count - 1) * units + bump / RecordArena.unit),
            (RecordArena.chunkSize - bump) / RecordArena.unit)
        bump = RecordArena.chunkSize
    }

    /// Gives a record of `units` units back.
    mutating func release(_ place: UInt32, units: Int) {
        let index = RecordArena.sizeClass(units).index
        store32(place, 0, free[index])
        free[index] = place
        usedBytes -= units * RecordArena.unit
    }

    // MARK: Access

    /// Whether `place` lies in a chunk.
    func contains(_ place: UInt32) -> Bool { place != 0 && Int(place >> 14) < chunks.count }

    /// Everything from `place` to the end of its chunk.
    @inline(__always)
    @_lifetime(borrow self)
    func bytes(at place: UInt32) -> RawSpan {
        // A chunk lives as long as the arena that is borrowed here, and nobody writes while it is borrowed; the compiler
        // does not see that through two arrays.
        let offset = Int(place & 0x3FFF) * RecordArena.unit
        let record = unsafe chunks[Int(place >> 14)].withUnsafeBytes {
            unsafe UnsafeRawBufferPointer(rebasing: $0[offset...])
        }
        let span = unsafe RawSpan(_unsafeBytes: record)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    @inline(__always)
    func load16(_ place: UInt32, _ offset: Int) -> UInt16 { bytes(at: place).uint16(uncheckedAt: offset) }

    @inline(__always)
    func load32(_ place: UInt32, _ offset: Int) -> UInt32 { bytes(at: place).uint32(uncheckedAt: offset) }

    @inline(__always)
    func load64(_ place: UInt32, _ offset: Int) -> UInt64 { bytes(at: place).uint64(uncheckedAt: offset) }

    @inline(__always)
    mutating func store16(_ place: UInt32, _ offset: Int, _ value: UInt16) { store(place, offset, value.littleEndian) }

    @inline(__always)
    mutating func store32(_ place: UInt32, _ offset: Int, _ value: UInt32) { store(place, offset, value.littleEndian) }

    @inline(__always)
    mutating func store64(_ place: UInt32, _ offset: Int, _ value: UInt64) { store(place, offset, value.littleEndian) }

    @inline(__always)
    private mutating func store<Value: BitwiseCopyable>(_ place: UInt32, _ offset: Int, _ value: Value) {
        let start = Int(place & 0x3FFF) * RecordArena.unit + offset
        unsafe chunks[Int(place >> 14)].withUnsafeMutableBytes {
            unsafe $0.storeBytes(of: value, toByteOffset: start, as: Value.self)
        }
    }

    /// Writes to the record at `place`, which is `size` bytes long.
    @inline(__always)
    mutating func write(_ place: UInt32, size: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
        let start = Int(place & 0x3FFF) * RecordArena.unit
        unsafe chunks[Int(place >> 14)].withUnsafeMutableBytes {
            unsafe body(unsafe UnsafeMutableRawBufferPointer(rebasing: $0[start..<(start + size)]))
        }
    }

    /// A copy of the first bytes of the record at `place`.
    func array(at place: UInt32, count: Int) -> [UInt8] {
        var array: [UInt8] = []
        append(place, count: count, to: &array)
        return array
    }

    /// Appends the first bytes of the record at `place` to `array`.
    func append(_ place: UInt32, count: Int, to array: inout [UInt8]) {
        let start = Int(place & 0x3FFF) * RecordArena.unit
        array.append(contentsOf: chunks[Int(place >> 14)][start..<(start + count)])
    }

    /// Copies `bytes` to `offset` of the record at `place`, which has room for them.
    mutating func copy(_ bytes: RawSpan, to place: UInt32, _ offset: Int) {
        unsafe bytes.withUnsafeBytes { source in
            let size = offset + source.count
            unsafe write(place, size: size) { record in
                guard unsafe !source.isEmpty else { return }
                unsafe UnsafeMutableRawBufferPointer(rebasing: record[offset...]).copyMemory(from: source)
            }
        }
    }
}
