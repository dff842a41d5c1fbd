/// Why a capture could not be read, opened or written, and where.
public enum CaptureError: Error, Hashable, Sendable {
    /// The file could not be opened; `reason` is the system's text.
    case cannotOpen(path: String, reason: String)
    /// Reading failed behind `offset` bytes; `reason` is the system's text.
    case cannotRead(path: String, offset: UInt64, reason: String)
    /// There is not a single byte.
    case empty
    /// The first bytes are not those of a capture file that is read here.
    case notACapture(ForeignFormat)
    /// The file ends inside of the record or block that begins at `offset` bytes.
    case truncated(offset: UInt64)
    /// The record or block that begins at `offset` bytes breaks a rule of the format.
    case malformed(offset: UInt64, Malformation)
    /// libpcap is needed for live capture and is not there.
    case libpcapMissing
    /// libpcap refused or stopped capturing; `reason` is its text.
    case liveCapture(interface: String, reason: String)
    /// A packet cannot be written to a capture file.
    case cannotWrite(Unwritable)

    /// What a file that is no capture looks like.
    public enum ForeignFormat: Hashable, Sendable {
        /// Compressed by gzip.
        case gzip
        /// Compressed by xz.
        case xz
        /// Compressed by Zstandard.
        case zstd
        /// Compressed by bzip2.
        case bzip2
        /// The pcap variant with Alexey Kuznetzov's patched record header.
        case kuznetzovPCAP
        /// A snoop file.
        case snoop
        /// BIN packets without a capture around them.
        case bareBIN
        /// Anything else; the first four bytes as a big-endian number.
        case unknown(UInt32)
    }

    /// A broken rule of pcap or pcapng.
    public enum Malformation: Hashable, Sendable {
        /// The major version is none that is known.
        case unknownVersion(Int)
        /// A captured length is above the limit; in bytes.
        case capturedLengthTooLarge(Int)
        /// A captured length runs past the end of its block; in bytes.
        case capturedLengthPastBlock(Int)
        /// A block length is under its minimum, above the limit or no multiple of four; in bytes.
        case badBlockLength(Int)
        /// The length behind a block differs from the one before it.
        case blockLengthsDiffer(Int, Int)
        /// A section header has no valid byte-order magic.
        case badByteOrderMagic
        /// A packet belongs to an interface that was not described.
        case unknownInterface(Int)
        /// A section describes more interfaces than the limit.
        case tooManyInterfaces
    }

    /// A reason why a packet cannot be put into a frame.
    public enum Unwritable: Hashable, Sendable {
        /// Source and destination are not both IPv4 or both IPv6.
        case mixedAddressFamilies
        /// The packet does not fit into one UDP datagram; its length in bytes.
        case datagramTooLong(Int)
    }
}

extension CaptureError: CustomStringConvertible {
    /// The reason as one sentence without a full stop.
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "\(path) cannot be opened: \(reason)"
        case .cannotRead(let path, let offset, let reason): "\(path) cannot be read behind byte \(offset): \(reason)"
        case .empty: "the capture is empty: it has not even a file header"
        case .notACapture(let format): format.description
        case .truncated(let offset): "the capture ends inside of the record that begins at byte \(offset)"
        case .malformed(let offset, let malformation): "the capture is damaged at byte \(offset): \(malformation)"
        case .libpcapMissing: "libpcap is not installed; on Debian: apt install libpcap0.8"
        case .liveCapture(let interface, let reason): "capturing on \(interface) failed: \(reason)"
        case .cannotWrite(let reason): "the packet cannot be written: \(reason)"
        }
    }
}

extension CaptureError.ForeignFormat: CustomStringConvertible {
    /// What it is and what to do about it, as one sentence without a full stop.
    public var description: String {
        switch self {
        case .gzip: "the capture is gzip-compressed: pipe it through zcat"
        case .xz: "the capture is xz-compressed: pipe it through xzcat"
        case .zstd: "the capture is Zstandard-compressed: pipe it through zstdcat"
        case .bzip2: "the capture is bzip2-compressed: pipe it through bzcat"
        case .kuznetzovPCAP:
            "the capture is in Kuznetzov's modified pcap format, which is not read: convert it with editcap -F pcap"
        case .snoop: "the capture is in snoop format, which is not read: convert it with editcap -F pcap"
        case .bareBIN: "this is a BIN packet or stream without a capture around it"
        case .unknown(let magic):
            "this is neither pcap nor pcapng: it begins with 0x" + hexadecimal(magic)
        }
    }

    private func hexadecimal(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

extension CaptureError.Malformation: CustomStringConvertible {
    /// The broken rule in words.
    public var description: String {
        switch self {
        case .unknownVersion(let version): "version \(version) of the format is unknown"
        case .capturedLengthTooLarge(let length): "a captured length of \(length) bytes is above the limit"
        case .capturedLengthPastBlock(let length): "a captured length of \(length) bytes runs past the end of its block"
        case .badBlockLength(let length): "\(length) bytes is no valid length of a block"
        case .blockLengthsDiffer(let first, let last):
            "the length before a block is \(first) bytes and the one behind it \(last)"
        case .badByteOrderMagic: "a section header has no valid byte-order magic"
        case .unknownInterface(let number): "a packet belongs to interface \(number), which was not described"
        case .tooManyInterfaces: "a section describes too many interfaces"
        }
    }
}

extension CaptureError.Unwritable: CustomStringConvertible {
    /// The reason in words.
    public var description: String {
        switch self {
        case .mixedAddressFamilies: "its source and its destination are not of the same IP version"
        case .datagramTooLong(let length): "\(length) bytes do not fit into one UDP datagram"
        }
    }
}
