/// What the bytes of a captured frame begin with; numbers as registered for pcap files.
@frozen
public struct LinkType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    /// The registered number.
    public let rawValue: UInt32

    /// A link type by its number.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// BSD loopback, address family in the order of the capturing machine.
    public static let null = LinkType(rawValue: 0)
    /// Ethernet.
    public static let ethernet = LinkType(rawValue: 1)
    /// IPv4 or IPv6 without anything before it.
    public static let rawIP = LinkType(rawValue: 101)
    /// OpenBSD loopback, address family in network order.
    public static let loop = LinkType(rawValue: 108)
    /// Linux cooked capture (interface `any`).
    public static let linuxCooked = LinkType(rawValue: 113)
    /// IPv4.
    public static let ipv4 = LinkType(rawValue: 228)
    /// IPv6.
    public static let ipv6 = LinkType(rawValue: 229)
    /// Linux cooked capture, version 2.
    public static let linuxCooked2 = LinkType(rawValue: 276)
}

/// One captured frame; its bytes are asked of the reader that returned it.
@frozen
public struct CapturedFrame: Hashable, Sendable {
    /// When it was captured. A pcapng simple packet has no time and gets that of the frame before it.
    public let time: CaptureTime
    /// What its bytes begin with.
    public let linkType: LinkType
    /// Number of bytes on the wire.
    public let originalLength: Int
    /// Number of bytes captured.
    public let capturedLength: Int
    /// Where it lies in the reader's buffer.
    let position: Int

    init(time: CaptureTime, linkType: LinkType, originalLength: Int, capturedLength: Int, position: Int) {
        self.time = time
        self.linkType = linkType
        self.originalLength = originalLength
        self.capturedLength = capturedLength
        self.position = position
    }
}

/// Reads the frames of a pcap or pcapng file, from front to back and in bounded memory.
///
/// ```swift
/// var reader = try CaptureFileReader(ByteInput(path: "-"))
/// while let frame = try reader.next() {
///     assembler.receive(frame: reader.bytes(of: frame), ...)
/// }
/// ```
public struct CaptureFileReader: ~Copyable, Sendable {
    /// The two formats that are read.
    @frozen
    public enum Format: String, Hashable, Sendable {
        /// The classic format of libpcap and tcpdump.
        case pcap
        /// The block format of Wireshark.
        case pcapng
    }

    /// The largest frame accepted, in bytes, unless the file announces a larger snap length.
    static let largestFrame = 262_144 + 4096
    /// The largest record or block accepted, in bytes.
    static let largestBlock = 16 * 1024 * 1024

    private enum Reader: Sendable {
        case pcap(PCAPReader)
        case pcapng(PCAPNGReader)
    }

    private var window: ByteWindow
    private var reader: Reader
    private var failure: CaptureError?

    /// Reads the beginning of a capture and finds out its format.
    /// - Throws: ``CaptureError``: the input cannot be read, is empty, is no capture, or has a damaged header.
    public init(_ input: consuming ByteInput) throws(CaptureError) {
        var window = ByteWindow(input)
        guard try window.fill(4) else {
            throw window.count == 0 ? CaptureError.empty : CaptureError.truncated(offset: 0)
        }
        if window.bytes.uint32(bigEndianAt: 0) == PCAPNGReader.sectionHeader {
            self.reader = .pcapng(PCAPNGReader())
        } else {
            self.reader = .pcap(try PCAPReader(&window))
        }
        self.window = window
    }

    /// Which format it is.
    public var format: Format {
        switch reader {
        case .pcap: .pcap
        case .pcapng: .pcapng
        }
    }

    /// Number of bytes of the input that were consumed.
    public var offset: UInt64 { window.offset }

    /// Total size of the input in bytes, if it is known.
    public var totalBytes: UInt64? { window.totalBytes }

    /// The next frame, or nil at the end of the file.
    /// - Throws: ``CaptureError``, after which nothing more can be read: every further call throws the same.
    public mutating func next() throws(CaptureError) -> CapturedFrame? {
        if let failure { throw failure }
        do throws(CaptureError) {
            switch reader {
            case .pcap(let pcap):
                return try pcap.next(in: &window)
            case .pcapng(var pcapng):
                // Taken out while it changes, so that its table of interfaces is not copied.
                reader = .pcapng(PCAPNGReader())
                defer { reader = .pcapng(pcapng) }
                return try pcapng.next(in: &window)
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// The bytes of the frame that ``next()`` returned last.
    @_lifetime(borrow self)
    public borrowing func bytes(of frame: CapturedFrame) -> RawSpan {
        // The window is a part of this value and changes only with it.
        unsafe _overrideLifetime(
            window.bytes(at: frame.position, count: frame.capturedLength), borrowing: self)
    }
}
