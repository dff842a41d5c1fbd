#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Bytes that are read once from front to back: a file, a pipe, standard input or an array.
///
/// Nothing is sought, so a pipe does. The descriptor is closed with the value if the value opened it.
public struct ByteInput: ~Copyable, Sendable {
    /// The path, or what stands for it in messages.
    public let name: String
    /// Total size in bytes when it is known: that of a regular file or of an array.
    public let totalBytes: UInt64?
    /// Number of bytes read so far.
    public private(set) var bytesRead: UInt64 = 0

    private let descriptor: CInt
    private let closesDescriptor: Bool
    private let memory: [UInt8]
    private let largestRead: Int

    /// Opens a file for reading; `-` is standard input.
    /// - Throws: ``CaptureError/cannotOpen(path:reason:)``.
    public init(path: String) throws(CaptureError) {
        if path == "-" {
            self.init(descriptor: 0, name: "standard input")
            return
        }
        // The path is lent to `open` for the call as a C string.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CaptureError.cannotOpen(path: path, reason: ByteInput.systemText(errno))
        }
        self.init(descriptor: descriptor, name: path, closing: true)
    }

    /// Reads from an open descriptor.
    /// - Parameters:
    ///   - descriptor: open for reading, in blocking mode.
    ///   - name: what to call it in messages.
    ///   - closing: whether to close it at the end.
    public init(descriptor: CInt, name: String, closing: Bool = false) {
        self.name = name
        self.descriptor = descriptor
        self.closesDescriptor = closing
        self.memory = []
        self.largestRead = .max
        var status = stat()
        // `fstat` fills the structure that is lent to it.
        let isRegular = unsafe fstat(descriptor, &status) == 0 && (status.st_mode & S_IFMT) == S_IFREG
        self.totalBytes = isRegular ? UInt64(clamping: status.st_size) : nil
    }

    /// Reads from an array, at most `largestRead` bytes at a time.
    public init(bytes: [UInt8], name: String = "memory", largestRead: Int = 262_144) {
        self.name = name
        self.descriptor = -1
        self.closesDescriptor = false
        self.memory = bytes
        self.largestRead = Swift.max(largestRead, 1)
        self.totalBytes = UInt64(bytes.count)
    }

    deinit {
        if closesDescriptor { close(descriptor) }
    }

    /// Reads what is there, at least one byte unless the end is reached.
    /// - Parameters:
    ///   - buffer: overwritten from `offset` on; never grown.
    ///   - offset: 0 to `buffer.count`.
    /// - Returns: the number of bytes read; 0 at the end.
    /// - Throws: ``CaptureError/cannotRead(path:offset:reason:)``.
    mutating func read(into buffer: inout [UInt8], at offset: Int) throws(CaptureError) -> Int {
        let room = Swift.min(buffer.count - offset, largestRead)
        guard room > 0 else { return 0 }
        if descriptor < 0 {
            let position = Int(bytesRead)
            let count = Swift.min(room, memory.count - position)
            buffer.replaceSubrange(offset..<(offset + count), with: memory[position..<(position + count)])
            bytesRead += UInt64(count)
            return count
        }
        while true {
            // The kernel writes at most `room` bytes, which lie inside of the buffer.
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                let part = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<(offset + room)])
                return unsafe readDescriptor(descriptor, part)
            }
            if count >= 0 {
                bytesRead += UInt64(count)
                return count
            }
            let code = errno
            if code == EINTR { continue }
            throw CaptureError.cannotRead(path: name, offset: bytesRead, reason: ByteInput.systemText(code))
        }
    }

    /// The system's text for an error number.
    static func systemText(_ code: CInt) -> String {
        // `strerror` returns a C string or, by the standard, never null; both are handled.
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}

/// `read(2)`, named so that it is not taken for the method.
private func readDescriptor(_ descriptor: CInt, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
    unsafe read(descriptor, bytes.baseAddress, bytes.count)
}
