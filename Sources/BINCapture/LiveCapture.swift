// The only place that calls C code it was not compiled with: libpcap is looked up at run time, so that a program which
// never captures live does not need it. The signatures below are those of pcap.h, unchanged since libpcap 0.8.

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The functions of libpcap that are used.
@safe private struct PCAPLibrary {
    typealias Handle = OpaquePointer
    /// `pcap_open_live(device, snaplen, promisc, to_ms, errbuf)`
    let openLive: @convention(c) (UnsafePointer<CChar>, CInt, CInt, CInt, UnsafeMutablePointer<CChar>) -> Handle?
    /// `pcap_setnonblock(p, nonblock, errbuf)`
    let setNonBlocking: @convention(c) (Handle, CInt, UnsafeMutablePointer<CChar>) -> CInt
    /// `pcap_get_selectable_fd(p)`
    let descriptor: @convention(c) (Handle) -> CInt
    /// `pcap_datalink(p)`
    let dataLink: @convention(c) (Handle) -> CInt
    /// `pcap_compile(p, program, text, optimize, netmask)`
    let compile: @convention(c) (Handle, UnsafeMutableRawPointer, UnsafePointer<CChar>, CInt, UInt32) -> CInt
    /// `pcap_setfilter(p, program)`
    let setFilter: @convention(c) (Handle, UnsafeMutableRawPointer) -> CInt
    /// `pcap_freecode(program)`
    let freeCode: @convention(c) (UnsafeMutableRawPointer) -> Void
    /// `pcap_next_ex(p, &header, &data)`
    let next:
        @convention(c) (
            Handle, UnsafeMutablePointer<UnsafeRawPointer?>, UnsafeMutablePointer<UnsafeRawPointer?>
        ) -> CInt
    /// `pcap_stats(p, &statistics)`
    let statistics: @convention(c) (Handle, UnsafeMutableRawPointer) -> CInt
    /// `pcap_geterr(p)`
    let errorText: @convention(c) (Handle) -> UnsafePointer<CChar>?
    /// `pcap_close(p)`
    let close: @convention(c) (Handle) -> Void

    /// Loads the library, or finds it loaded. It stays loaded: its functions are referred to by every capture.
    init() throws(CaptureError) {
        var library: UnsafeMutableRawPointer?
        for name in ["libpcap.so.1", "libpcap.so.0.8", "libpcap.so", "libpcap.dylib", "libpcap.A.dylib"] {
            unsafe library = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL)
            if unsafe library != nil { break }
        }
        guard let library = unsafe library else { throw .libpcapMissing }
        // A symbol's address is turned into the function type that pcap.h declares for its name.
        unsafe openLive = try PCAPLibrary.function("pcap_open_live", in: library)
        unsafe setNonBlocking = try PCAPLibrary.function("pcap_setnonblock", in: library)
        unsafe descriptor = try PCAPLibrary.function("pcap_get_selectable_fd", in: library)
        unsafe dataLink = try PCAPLibrary.function("pcap_datalink", in: library)
        unsafe compile = try PCAPLibrary.function("pcap_compile", in: library)
        unsafe setFilter = try PCAPLibrary.function("pcap_setfilter", in: library)
        unsafe freeCode = try PCAPLibrary.function("pcap_freecode", in: library)
        unsafe next = try PCAPLibrary.function("pcap_next_ex", in: library)
        unsafe statistics = try PCAPLibrary.function("pcap_stats", in: library)
        unsafe errorText = try PCAPLibrary.function("pcap_geterr", in: library)
        unsafe close = try PCAPLibrary.function("pcap_close", in: library)
    }

    private static func function<Function>(
        _ name: String, in library: UnsafeMutableRawPointer
    ) throws(CaptureError) -> Function {
        guard let address = unsafe dlsym(library, name) else { throw .libpcapMissing }
        return unsafe unsafeBitCast(address, to: Function.self)
    }
}

/// Captures frames from a network interface by means of libpcap, which is loaded when the first capture begins.
///
/// The operating system decides who may: on Linux root or `CAP_NET_RAW`.
@safe public struct LiveCapture: ~Copyable {
    /// The name of the interface.
    public let interface: String
    /// What the frames begin with.
    public let linkType: LinkType

    private let library: PCAPLibrary
    private let handle: OpaquePointer
    /// Where libpcap left the bytes of the frame that ``next(timeoutMilliseconds:)`` returned last.
    private var latest: UnsafeRawBufferPointer

    /// The largest part of a frame that is captured, in bytes; loopback frames are up to 64 KiB.
    private static let snapLength: CInt = 262_144
    /// `PCAP_ERRBUF_SIZE`
    private static let errorTextSize = 256

    /// Begins to capture, without promiscuous mode.
    /// - Parameters:
    ///   - interface: its name; `any` on Linux for all of them.
    ///   - filter: an expression in the language of tcpdump, such as `tcp port 5555`; empty for everything.
    /// - Throws: ``CaptureError/libpcapMissing`` or ``CaptureError/liveCapture(interface:reason:)``.
    public init(interface: String, filter: String = "") throws(CaptureError) {
        let library = try PCAPLibrary()
        var text = [CChar](repeating: 0, count: LiveCapture.errorTextSize)
        // libpcap writes at most PCAP_ERRBUF_SIZE bytes of text, ended by a zero, into what is lent to it.
        let opened = unsafe library.openLive(interface, LiveCapture.snapLength, 0, 100, &text)
        guard let handle = unsafe opened else {
            throw .liveCapture(interface: interface, reason: LiveCapture.string(text))
        }
        // Non-blocking, because the time-out of libpcap itself may wait for ever where nothing is sent.
        guard unsafe library.setNonBlocking(handle, 1, &text) == 0 else {
            unsafe library.close(handle)
            throw .liveCapture(interface: interface, reason: LiveCapture.string(text))
        }
        if !filter.isEmpty {
            // `struct bpf_program` is a number and a pointer: two words on every platform. libpcap fills it, copies
            // the program to the handle, and frees it again.
            let isSet = unsafe withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { program in
                guard let address = program.baseAddress else { return false }
                guard unsafe library.compile(handle, address, filter, 1, UInt32.max) == 0 else { return false }
                defer { unsafe library.freeCode(address) }
                return unsafe library.setFilter(handle, address) == 0
            }
            guard isSet else {
                let reason = unsafe LiveCapture.errorText(library, handle)
                unsafe library.close(handle)
                throw .liveCapture(interface: interface, reason: reason)
            }
        }
        self.interface = interface
        self.library = library
        unsafe self.handle = handle
        // The numbers of DLT_RAW differ between systems; those of files are read as well.
        self.linkType = LinkType(rawValue: UInt32(bitPattern: unsafe library.dataLink(handle)))
        unsafe self.latest = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    deinit {
        unsafe library.close(handle)
    }

    /// Waits for the next frame.
    /// - Parameter timeoutMilliseconds: how long at most, so that the caller can look whether to go on; 0 to 60,000.
    /// - Returns: nil when none came in time or a signal came first.
    /// - Throws: ``CaptureError/liveCapture(interface:reason:)``, for example when the interface goes down.
    public mutating func next(timeoutMilliseconds: Int) throws(CaptureError) -> CapturedFrame? {
        if let frame = try read() { return frame }
        var waiting = pollfd(fd: unsafe library.descriptor(handle), events: Int16(POLLIN), revents: 0)
        // `poll` is lent one structure and told that it is one.
        guard unsafe poll(&waiting, 1, CInt(Swift.min(Swift.max(timeoutMilliseconds, 0), 60_000))) > 0 else {
            return nil
        }
        return try read()
    }

    /// The bytes of the frame that ``next(timeoutMilliseconds:)`` returned last.
    @_lifetime(borrow self)
    public borrowing func bytes(of frame: CapturedFrame) -> RawSpan {
        // libpcap keeps them until it is asked for the next frame, which needs this value to itself.
        unsafe _overrideLifetime(unsafe RawSpan(_unsafeBytes: latest), borrowing: self)
    }

    /// How many frames the system dropped because they were not read in time; nil if it does not tell.
    public var droppedFrames: UInt32? {
        // `struct pcap_stat` begins with three 32-bit numbers: received, dropped, dropped by the interface. Some systems
        // have more of them, for which there is room.
        var numbers: InlineArray<16, UInt32> = InlineArray(repeating: 0)
        let isKnown = unsafe withUnsafeMutableBytes(of: &numbers) { bytes in
            guard let address = bytes.baseAddress else { return false }
            return unsafe library.statistics(handle, address) == 0
        }
        return isKnown ? numbers[1] : nil
    }

    private mutating func read() throws(CaptureError) -> CapturedFrame? {
        var header: UnsafeRawPointer?
        var data: UnsafeRawPointer?
        switch unsafe library.next(handle, &header, &data) {
        case 1: break
        case 0: return nil
        default:
            throw .liveCapture(interface: interface, reason: unsafe LiveCapture.errorText(library, handle))
        }
        guard let header = unsafe header, let data = unsafe data else { return nil }
        // `struct pcap_pkthdr`: a timeval, then the captured and the original length as 32-bit numbers.
        let stamp = unsafe header.loadUnaligned(as: timeval.self)
        let lengths = MemoryLayout<timeval>.size
        let captured = Int(unsafe header.loadUnaligned(fromByteOffset: lengths, as: UInt32.self))
        let original = Int(unsafe header.loadUnaligned(fromByteOffset: lengths + 4, as: UInt32.self))
        unsafe latest = UnsafeRawBufferPointer(start: data, count: captured)
        let time = Int64(stamp.tv_sec) &* 1_000_000_000 &+ Int64(stamp.tv_usec) &* 1000
        return CapturedFrame(
            time: CaptureTime(nanosecondsSinceEpoch: time), linkType: linkType, originalLength: original,
            capturedLength: captured, position: 0)
    }

    private static func errorText(_ library: PCAPLibrary, _ handle: OpaquePointer) -> String {
        // The handle's error text is a C string that lives as long as the handle.
        guard let text = unsafe library.errorText(handle) else { return "unknown error" }
        return unsafe String(cString: text)
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
