import BINMessages
import BINTransport
import BINWire
import CReference
import Logging

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What the other processes of the transport benchmarks do. Each prints lines of numbers.
enum TransportRoles {
    /// - Parameter words: the role and its numbers.
    static func run(_ words: ArraySlice<String>) async throws {
        let packet = try StampedPacket()
        let numbers = words.dropFirst().compactMap { UInt64($0) }
        switch (words.first, numbers.count) {
        case ("tcp-receive-c", 1): try receiveInC(packet, numbers[0], SOCK_STREAM, c_tcp_receive)
        case ("udp-receive-c", 1): try receiveInC(packet, numbers[0], SOCK_DGRAM, c_udp_receive)
        case ("tcp-send-c", 2):
            try check(packet.withC { c_tcp_send($0, UInt16(numbers[0]), numbers[1]) })
        case ("tcp-send-fragments-c", 4):
            try check(
                packet.withC {
                    c_tcp_send_fragments($0, UInt16(numbers[0]), CInt(numbers[1]), numbers[2], numbers[3])
                })
        case ("udp-send-c", 4):
            var seconds = 0.0
            try check(
                packet.withC {
                    c_udp_send($0, UInt16(numbers[0]), numbers[1], numbers[2], CInt(numbers[3]), &seconds)
                })
            print(seconds)
        case ("tcp-receive-swift", 1): try await receive(packet, numbers[0])
        case ("tcp-send-swift", 2): try await send(packet, Int(numbers[0]), numbers[1])
        case ("soak-receive-swift", 1): try await soak(packet, numbers[0])
        case ("udp-receive-swift", 1): try await receiveDatagrams(packet, numbers[0])
        default: throw ChildProcess.Failure(description: "no such role: \(words.joined(separator: " "))")
        }
    }

    private static func check(_ error: CInt) throws {
        guard error == 0 else { throw ChildProcess.Failure(description: String(cString: strerror(error))) }
    }

    private static func say(_ numbers: Double...) {
        print(numbers.map { "\($0)" }.joined(separator: " "))
        fflush(nil)
    }

    // MARK: C

    private static func receiveInC(
        _ packet: StampedPacket, _ count: UInt64, _ type: __socket_type,
        _ receive: (UnsafePointer<c_stamped>, CInt, UInt64, UnsafeMutablePointer<c_received>) -> CInt
    ) throws {
        var port: UInt16 = 0
        var socket: CInt = -1
        try check(c_listen(CInt(type.rawValue), &port, &socket))
        say(Double(port))
        var result = c_received()
        try check(packet.withC { receive($0, socket, count, &result) })
        say(Double(result.packets), Double(result.reordered), result.seconds)
    }

    // MARK: Swift

    private static func receive(_ packet: StampedPacket, _ count: UInt64) async throws {
        var configuration = TCPServer.Configuration()
        configuration.logger.logLevel = .critical
        let server = try await TCPServer.bind(
            to: BINEndpoint(.bin, host: "127.0.0.1", port: 0), configuration: configuration)
        say(Double(server.localAddress.port ?? 0))
        let running = Task { try await server.run() }
        let result = await consume(server.packets, packet, count)
        say(Double(result.packets), Double(result.reordered), result.seconds)
        running.cancel()
        try await running.value
    }

    private static func consume(
        _ inbox: PacketInbox, _ packet: StampedPacket, _ count: UInt64
    ) async -> (packets: Int, reordered: Int, seconds: Double) {
        var began: ContinuousClock.Instant?
        var last = ContinuousClock.now
        var check = SequenceCheck()
        var packets = 0
        let offset = packet.sequenceOffset
        for await batch in inbox {
            began = began ?? ContinuousClock.now
            batch.forEach { bytes, _ in
                check.note(bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self), source: 0)
            }
            packets += batch.count
            last = ContinuousClock.now
            if packets >= count { break }
        }
        return (packets, check.reordered, seconds(last - (began ?? last)))
    }

    private static func send(_ packet: StampedPacket, _ port: Int, _ count: UInt64) async throws {
        var configuration = TCPClient.Configuration()
        configuration.logger.logLevel = .critical
        let client = try TCPClient(BINEndpoint(.bin, host: "127.0.0.1", port: port), configuration: configuration)
        let running = Task { try await client.run() }
        var bytes = packet.bytes
        for number in 0..<count {
            packet.stamp(&bytes, sequence: UInt32(truncatingIfNeeded: number))
            do throws(SendError) {
                try client.offer(bytes.span.bytes)
            } catch .queueFull {
                try await client.send(bytes)
            }
        }
        client.shutdown()
        try await running.value
    }

    /// Decodes every contact, and looks at its own memory.
    private static func soak(_ packet: StampedPacket, _ count: UInt64) async throws {
        var configuration = TCPServer.Configuration()
        configuration.logger.logLevel = .critical
        let server = try await TCPServer.bind(
            to: BINEndpoint(.bin, host: "127.0.0.1", port: 0), configuration: configuration)
        say(Double(server.localAddress.port ?? 0))
        let running = Task { try await server.run() }
        var check = SequenceCheck()
        var packets: UInt64 = 0
        var undecoded = 0
        var memory: [Double] = []
        var message = ContactInsert()
        for await batch in server.packets {
            batch.forEach { bytes, header in
                do throws(WireError) {
                    let routing = try Routing(trailerOf: bytes, header: header)
                    try message.decode(bytes, range: header.bodyOffset..<(header.length - routing.size), in: .k)
                    check.note(
                        UInt32(bitPattern: message.record.cseq), source: UInt32(truncatingIfNeeded: routing.source))
                } catch {
                    undecoded += 1
                }
            }
            let before = packets
            packets += UInt64(batch.count)
            if before / (count / 20) != packets / (count / 20) { memory.append(residentMegabytes()) }
            if packets >= count { break }
        }
        // After a tenth of the packets every buffer has its size.
        let warm = memory.dropFirst(2)
        say(
            Double(packets), Double(check.reordered), Double(undecoded), warm.min() ?? .infinity,
            warm.max() ?? .infinity)
        running.cancel()
        try await running.value
    }

    private static func receiveDatagrams(_ packet: StampedPacket, _ count: UInt64) async throws {
        var configuration = UDPTransport.Configuration()
        configuration.logger.logLevel = .critical
        let socket = try await UDPTransport.bind(
            to: BINEndpoint(.udp, host: "127.0.0.1", port: 0), configuration: configuration)
        say(Double(socket.localAddress.port ?? 0))
        let running = Task { try await socket.run() }
        // Ends when nothing came for a second.
        let watching = Task {
            var last = -1
            while true {
                let now = socket.counters.value(.packetsReceived)
                if now > 0, now == last { break }
                last = now
                try await Task.sleep(for: .seconds(1))
            }
            socket.close()
        }
        let result = await consume(socket.packets, packet, count)
        say(Double(result.packets), Double(result.reordered), result.seconds)
        watching.cancel()
        running.cancel()
        try await running.value
    }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

    private static func residentMegabytes() -> Double {
        guard let file = fopen("/proc/self/statm", "r") else { return .infinity }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 256)
        guard fgets(&text, CInt(text.count), file) != nil else { return .infinity }
        let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        guard words.count > 1, let pages = Double(words[1]) else { return .infinity }
        return pages * Double(sysconf(CInt(_SC_PAGESIZE))) / 1e6
    }
}
