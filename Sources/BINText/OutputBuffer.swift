import BINWire

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Text on its way to standard output, in one buffer that is written when it is full.
///
/// It is raw memory because every packet is printed as some hundred small pieces and an array checks for uniqueness at
/// each of them; this file alone touches the pointer, and every append makes room first.
///
/// For the same reason accesses are not checked for overlapping at run time: each is a load or store inside of one function of this
/// file, which calls nobody meanwhile.
package final class OutputBuffer {
    @exclusivity(unchecked) private var base: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) private var capacity: Int
    @exclusivity(unchecked) package private(set) var count = 0
    private let descriptor: CInt
    private let flushThreshold: Int
    /// Set when nobody reads any more; everything else is thrown away.
    package private(set) var isClosed = false

    /// - Parameters:
    ///   - descriptor: where to write; -1 keeps everything in memory.
    ///   - flushThreshold: bytes after which ``flushIfFull()`` writes.
    package init(descriptor: CInt = 1, flushThreshold: Int = 1 << 16) {
        self.descriptor = descriptor
        self.flushThreshold = flushThreshold
        capacity = flushThreshold * 2
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    private func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = larger
    }

    @inline(__always)
    package func append(_ byte: UInt8) {
        reserve(1)
        base[count] = byte
        count += 1
    }

    package func append(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        reserve(length)
        (base + count).update(from: text.utf8Start, count: length)
        count += length
    }

    package func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return }
            reserve(bytes.count)
            (base + count).update(from: start, count: bytes.count)
            count += bytes.count
        }
    }

    package func append(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            reserve(source.count)
            UnsafeMutableRawPointer(base + count).copyMemory(from: start, byteCount: source.count)
            count += source.count
        }
    }

    /// A decimal number.
    package func append(_ value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(value.magnitude)
    }

    /// A decimal number with at least `digits` digits.
    package func append(_ value: UInt64, digits: Int = 1) {
        reserve(20)
        var rest = value
        var length = 1
        var power: UInt64 = 10
        while length < 20, length < digits || value >= power {
            length += 1
            if length == 20 { break }
            power *= 10
        }
        var index = count + length
        repeat {
            index -= 1
            base[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while index > count
        count += length
    }

    /// Two hexadecimal digits.
    package func appendHex(_ byte: UInt8) {
        reserve(2)
        base[count] = OutputBuffer.digit(byte >> 4)
        base[count + 1] = OutputBuffer.digit(byte & 15)
        count += 2
    }

    /// All bytes in hexadecimal digits.
    package func appendHex(_ bytes: RawSpan) {
        reserve(bytes.byteCount * 2)
        bytes.withUnsafeBytes { source in
            for byte in source { appendHex(byte) }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// Forgets what was appended behind the first `count` bytes.
    package func truncate(to count: Int) { self.count = min(self.count, count) }

    /// What is in the buffer, as a string; for tests and titles.
    package var string: String { String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self) }

    /// Writes when enough has gathered.
    @inline(__always)
    package func flushIfFull() {
        if count >= flushThreshold { flush() }
    }

    /// Writes everything. A reader that went away ends the output quietly.
    package func flush() {
        defer { if descriptor >= 0 { count = 0 } }
        guard descriptor >= 0, !isClosed else { return }
        var written = 0
        while written < count {
            let result = write(descriptor, base + written, count - written)
            if result < 0 {
                if errno == EINTR { continue }
                isClosed = true
                return
            }
            written += result
        }
    }
}
