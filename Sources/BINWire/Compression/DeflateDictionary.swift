import CZlib

/// Bytes that both ends of an envelope know beforehand, so that even a single packet finds something to refer to.
///
/// A dictionary is named by its Adler-32, as zlib does; an envelope carries that number (Spec/extensions/deflate.md).
public struct DeflateDictionary: Hashable, Sendable {
    /// Its name on the wire: the Adler-32 of ``bytes``, never 0.
    public let id: Int32
    /// The bytes, those that are needed most at the end.
    public let bytes: [UInt8]

    /// The largest dictionary, in bytes: what deflate can refer back to.
    public static let maximumSize = 32_768

    /// A dictionary of `bytes`; nil when they are none or more than ``maximumSize``, or when their Adler-32 is 0, which
    /// stands for "no dictionary".
    public init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.count <= DeflateDictionary.maximumSize else { return nil }
        self.id = Int32(bitPattern: DeflateChecksums.adler32(unsafe bytes.span.bytes))
        self.bytes = bytes
        guard id != 0 else { return nil }
    }

    /// Dictionary 1 of the specification, made for BIN text: capability names, whole headers, the shape of a contact, a dialog
    /// and a pipe, and words of SIP. `Spec/extensions/deflate-dictionary-1.bin` has the same bytes.
    public static let bin1 = DeflateDictionary(known: latin1(pieces))

    /// A dictionary that is known to be one.
    private init(known bytes: [UInt8]) {
        self.id = Int32(bitPattern: DeflateChecksums.adler32(unsafe bytes.span.bytes))
        self.bytes = bytes
    }

    /// One byte for each character; every character of ``pieces`` is below 256.
    private static func latin1(_ pieces: [String]) -> [UInt8] {
        pieces.flatMap { $0.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
    }

    /// The parts, rare ones first: a reference to the end of the dictionary is shorter than one to its beginning.
    private static let pieces: [String] = [
        // Capabilities.
        "ext-deflate", "ext-gossip", "presence", "pua", "siprec", "rtp_relay_ctx", "tm-repl", "b2be-entities-repl",
        "cachedb-local-repl", "drouting-status-repl", "load_balancer-status-repl", "dispatcher-status-repl",
        "clusterer-internal", "ratelimit-pipe-repl", "dialog-prof-repl", "mid_registrar",
        // Words of SIP messages and of what modules keep.
        "INVITE sip:", "REGISTER sip:", "SUBSCRIBE sip:", "NOTIFY sip:", "OPTIONS sip:", "PUBLISH sip:", "BYE sip:",
        "CANCEL sip:", " SIP/2.0\u{D}\u{A}", "SIP/2.0 200 OK\u{D}\u{A}", "Via: SIP/2.0/UDP ", "Via: SIP/2.0/TCP ",
        ";rport", ";branch=z9hG4bK", "\u{D}\u{A}Max-Forwards: 70", "\u{D}\u{A}From: \"", "\u{D}\u{A}To: <sip:",
        ">;tag=", "\u{D}\u{A}Call-ID: ", "\u{D}\u{A}CSeq: 1 INVITE", "\u{D}\u{A}Contact: <sip:",
        "\u{D}\u{A}Content-Type: application/sdp", "application/pidf+xml", "\u{D}\u{A}User-Agent: ",
        "\u{D}\u{A}Content-Length: 0\u{D}\u{A}\u{D}\u{A}",
        "v=0\u{D}\u{A}o=- 0 0 IN IP4 127.0.0.1\u{D}\u{A}s=-\u{D}\u{A}c=IN IP4 ",
        "\u{D}\u{A}t=0 0\u{D}\u{A}m=audio 10000 RTP/AVP 0 8 101\u{D}\u{A}",
        "a=rtpmap:0 PCMU/8000\u{D}\u{A}a=rtpmap:8 PCMA/8000\u{D}\u{A}a=rtpmap:101 telephone-event/8000\u{D}\u{A}",
        "a=sendrecv\u{D}\u{A}", "reg-id=1", "+sip.instance=", "+sip.ice", ";ob", ";lr>", ";lr;", "<sip:", "sips:",
        ";user=phone", ";expires=3600", "anonymous", "example.com", "example.org", "localhost",
        // User agents.
        "Linphone/", "Linphone Desktop/", "(belle-sip/", "Zoiper rv2.10.20", "Zoiper v", "Yealink SIP-T46S 66.86.0.15",
        "Grandstream GXP", "Cisco-CP", "Cisco/SPA", "PolycomVVX-VVX_", "snom", "Bria ", "X-Lite release ",
        "MicroSIP/3.",
        "Asterisk PBX ", "FPBX-", "FreeSWITCH-mod_sofia/", "AVM FRITZ!Box ", "Gigaset", "baresip v", "PJSUA v",
        "OpenSIPS (", "Kamailio (", "friendly-scanner", "Obihai/", "Fanvil X", "Audiocodes-Sip-Gateway", "Jitsi",
        "iOS/",
        "Android/", "Windows", "Linux",
        // Dialogs: header, states and values.
        "P4CK\0\u{3}\0\0\u{7}\0\u{F}\0dialog-dlg-repl\u{1}\0\0\0",
        "P4CK\0\u{1}\0\0\u{7}\0\u{F}\0dialog-dlg-repl\u{3}\0\0\0",
        "sip:alice@example.com\u{15}\0sip:bob@example.com", ";tag=as", "as-", "did=", "caller", "callee",
        "profile/b#1#",
        "dlg_", "timeout", "rtpengine", "rtpproxy", "onreply", "TH_TAG", "cnt_", "calls", "trunk", "inbound",
        "outbound",
        // Pipes and profiles.
        "P4CK\0\u{1}\0\0\u{2}\0\u{13}\0ratelimit-pipe-repl\0\0\0\0", "RED", "TAILDROP", "\u{4}\0\0\0\u{64}\0\0\0",
        "P4CK\0\u{1}\0\0\u{1}\0\u{10}\0dialog-prof-repl\u{5}\0\0\0", "\u{1}\0\0\0\u{1}\0\0\0\0\0\0\0",
        // Key/values and attributes of contacts.
        "{\"_st\":\"", "\",\"", "\":\"", "{\"", "\"}", "pn-provider=", ";pn-prid=", ";pn-param=", "apns", "fcm",
        "urn:uuid:00000000-0000-0000-0000-000000000000", "<urn:uuid:", ">\0\0", "<sip:10.0.0.1:5060;lr;received=sip:",
        ";transport=tcp", ";transport=tls", ";transport=ws", ";transport=wss", "tls:", "tcp:", "ws:", "wss:",
        "udp:sock1",
        "sip:+4930", "sip:+1", "@sip.", "@voip.", ".com", ".net", ".org", ".de", ".invalid;transport=ws",
        "172.16.", "10.1.", "10.0.0.", "192.168.0.", "192.168.1.", "192.168.178.", ":506", ":5061", ":5080", ":6000",
        "0123456789abcdef", "@10.", "@172.", "@192.168.",
        // A sync: its header, the record, the chunk of a record, the chunk of a contact.
        "P4CK\0\u{7F}\0\0\u{3}\0\u{F}\0clusterer-extra\u{B}\0\0\0\u{13}\0usrloc-contact-repl\u{5}\0\0\0",
        "'\0\0\0\u{B5}J\u{5}\u{6}\0\0\0\0\u{8}\0location\u{5}\0alice\u{1}\0\0\0\0\0\0\0\0\0\0\0",
        "\u{9C}\0\0\0\u{B5}J\u{5}\u{6}\u{1}\0\0\0\u{8}\0location",
        // AoRs and the other contact packets.
        "P4CK\u{4A}\0\0\0\u{5}\0\u{13}\0usrloc-contact-repl\u{1}\0\0\0\u{8}\0location",
        "P4CK\u{4A}\0\0\0\u{5}\0\u{13}\0usrloc-contact-repl\u{2}\0\0\0\u{8}\0location",
        "P4CK\u{60}\0\0\0\u{5}\0\u{13}\0usrloc-contact-repl\u{5}\0\0\0\u{8}\0location",
        // Layouts before 3.6 write the flags of branches as a number.
        "\u{1}\0\0\0\0\0\0\0\0\0\0\0\u{FF}\u{FF}\u{FF}\u{FF}\u{8}\0\0\0\0\u{6B}\0\0\0\0\0\0\u{FF}\u{FF}\u{FF}\u{FF}",
        // Contacts.
        "P4CK\u{E0}\0\0\0\u{3}\0\u{13}\0usrloc-contact-repl\u{3}\0\0\0\u{8}\0location\u{3}\0bob",
        "\u{27}\0sip:bob@192.168.1.100:5060;transport=udp\u{8}\0", "\u{10}\0", "\u{15}\0sip:203.0.113.9:5060",
        "{\"attr\":\"", "\u{3}\0NAT", "\u{4}\0\u{BC}\u{2}\0\0",
        "P4CK\u{D0}\0\0\0\u{5}\0\u{13}\0usrloc-contact-repl\u{4}\0\0\0\u{8}\0location\u{5}\0alice",
        "\u{2B}\0sip:alice@127.0.0.1:5060;transport=udp\u{8}\0\0\0\0\0\0\0\0\0\u{8}\0", "\u{3}\0n/a",
        "P4CK\u{C0}\0\0\0\u{5}\0\u{13}\0usrloc-contact-repl\u{3}\0\0\0\u{8}\0location\u{5}\0u0",
        "\u{1D}\0sip:u0@127.0.0.1:5060\u{8}\0\0\0\0\0\0\0\0\0\u{7}\0cb-", "\0\0\0\0\0\0\0\0\u{8}\0", "\u{6B}\0\0\0\0",
        "\u{4}\0\u{FF}\u{FF}\u{FF}\u{FF}\u{13}\0udp:127.0.0.1:5060",
        "\u{1}\0\0\0\0\0\0\0\0\0\u{FF}\u{FF}\u{FF}\u{FF}\u{8}\0\0\0\0\u{6B}\0\0\0\0\0\0\u{FF}\u{FF}\u{FF}\u{FF}",
        "\u{1}\0\0\0\u{1}\0\0\0\u{2}\0\0\0",
    ]
}
