import BINMessages
import BINWire

extension ConformanceCase {
    static var framingCases: [ConformanceCase] {
        [
            ConformanceCase(
                .framing, 1, ["FR-28"], sent: "PING in 16 pieces, 5 ms apart", expected: "PONG"
            ) { try await answered($0, pieces: 16) { try $0.ping() } },
            ConformanceCase(
                .framing, 2, ["FR-28"], sent: "three PINGs in one piece", expected: "three PONGs"
            ) { try await answered($0, pongs: 3) { try $0.ping() + $0.ping() + $0.ping() } },
            ConformanceCase(
                .framing, 3, ["FR-28"], sent: "three PINGs, cut in the middle of the second", expected: "three PONGs"
            ) { try await answered($0, pieces: 2, pongs: 3) { try $0.ping() + $0.ping() + $0.ping() } },
            ConformanceCase(
                .framing, 4, ["FR-18"], sent: "a packet of a capability that nobody has, then PING", expected: "PONG"
            ) { conversation in
                let node = conversation.targetNode
                return try await answered(conversation) { try $0.module(1, to: node) + $0.ping() }
            },
            ConformanceCase(
                .framing, 5, ["FR-31"], sent: "a packet with the version 32767, then PING",
                expected: "PONG: the connection stays"
            ) { conversation in
                let node = conversation.targetNode
                return try await answered(conversation) {
                    try $0.module(1, to: node, version: .max) + $0.ping()
                }
            },
            ConformanceCase(
                .framing, 6, ["CL-19"], sent: "a packet of `clusterer-internal` with the type 9999, then PING",
                expected: "PONG: the connection stays"
            ) { conversation in
                try await answered(conversation) { script in
                    var packet = try script.ping()
                    packet.replace(Int32(9999), at: 12 + 18)
                    return try packet + script.ping()
                }
            },
            ConformanceCase(
                .framing, 7, ["FR-26"],
                sent: "a packet of the largest size (65,535 bytes; 65,515 from 4.0 on) in one piece, then PING",
                expected: "PONG"
            ) { conversation in
                let (node, length) = (conversation.targetNode, conversation.target.maximumLength)
                return try await answered(conversation) {
                    try $0.module(1, to: node, length: length) + $0.ping()
                }
            },
            ConformanceCase(
                .framing, 8, ["FR-26", "FR-29", "RX-1"],
                sent: "the header of a packet that is one byte too long, and 64 kB of it",
                expected: "the connection ends"
            ) { conversation in
                let (node, length) = (conversation.targetNode, conversation.target.maximumLength)
                return try await ended(conversation, within: .seconds(10)) { script in
                    var packet = try script.module(1, to: node, length: length)
                    packet.replace(Int32(length + 1), at: 4)
                    return packet + [0]
                }
            },
            ConformanceCase(
                .framing, 9, ["FR-29", "RX-23"], sent: "16 bytes that do not begin with `P4CK`",
                expected: "the connection ends"
            ) { try await ended($0, within: .seconds(5)) { _ in Array("GET / HTTP/1.1\r\n".utf8) } },
            ConformanceCase(
                .framing, 10, ["FR-29", "RX-23"], sent: "PING and, where the next packet should begin, 20 other bytes",
                expected: "the connection ends"
            ) { conversation in
                try await ended(conversation, within: .seconds(5)) {
                    try $0.ping() + [UInt8](repeating: 0x51, count: 20)
                }
            },
            ConformanceCase(
                .framing, 11, ["FR-29"], sent: "half a PING, and no more", expected: "the connection ends within 10 s"
            ) { conversation in
                try await ended(conversation, within: .seconds(10)) { Array(try $0.ping().prefix(23)) }
            },
        ]
    }

    /// Writes to a new connection, and counts the PONGs.
    private static func answered(
        _ conversation: Conversation, pieces: Int = 1, pongs: Int = 1, _ bytes: (PacketScript) throws -> [UInt8]
    ) async throws -> ConformanceVerdict {
        let main = conversation.main
        let connection = try await main.connect()
        let mark = main.journal.mark
        do {
            try await connection.write(try main.make { try bytes($0) }, pieces: pieces)
        } catch {
            return .failed("the target ended the connection")
        }
        var count = 0
        _ = try await main.journal.wait(since: mark, within: Conversation.soon) { heard -> Bool? in
            if heard.message(Pong.self) != nil { count += 1 }
            return count == pongs ? true : nil
        }
        let isEnded = connection.isEnded
        await connection.close()
        return .found(
            "\(count) PONG", if: count == pongs && !isEnded,
            otherwise: "\(count) PONG within 3 s\(isEnded ? ", and the connection ended" : "")")
    }

    /// Writes to a new connection, and waits until the target ends it.
    static func ended(
        _ conversation: Conversation, within limit: Duration, _ bytes: (PacketScript) throws -> [UInt8]
    ) async throws -> ConformanceVerdict {
        let connection = try await conversation.main.connect()
        let start = ContinuousClock.now
        // It may end before all was written.
        try? await connection.write(try conversation.main.make { try bytes($0) })
        while !connection.isEnded, ContinuousClock.now - start < limit {
            try await Task.sleep(for: .milliseconds(10))
        }
        let isEnded = connection.isEnded
        await connection.close()
        let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
        return .found(
            "ended after \(milliseconds) ms", if: isEnded, otherwise: "the connection stands after \(milliseconds) ms")
    }
}

extension [UInt8] {
    /// Overwrites four bytes.
    mutating func replace(_ value: Int32, at offset: Int) {
        let pattern = UInt32(bitPattern: value)
        for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: pattern >> (8 * UInt32(index))) }
    }
}
