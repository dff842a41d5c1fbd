import BINCapture

extension CaptureNotice {
    /// What happened to the stream or datagram, for people.
    var explanation: String {
        switch self {
        case .gap(let bytes): "\(bytes) bytes of the stream are not in the capture"
        case .skipped(let bytes):
            "the capture begins inside of the stream; \(bytes) bytes before the first whole packet are skipped"
        case .resynchronised(let bytes): "\(bytes) bytes are skipped up to the next packet"
        case .incomplete(let bytes): "a packet is cut short; \(bytes) bytes of it are there"
        case .unread(let bytes): "\(bytes) bytes at the end of the stream hold no packet"
        case .evicted: "the stream was given up to keep memory bounded"
        case .cutDatagram(let missing): "a datagram was captured without its last \(missing) bytes"
        }
    }
}
