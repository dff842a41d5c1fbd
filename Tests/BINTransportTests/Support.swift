import BINTransport
import BINWire
import NIOCore
import NIOPosix
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A contact-sized packet of 2.3 that carries a source and a sequence number.
func packet(source: Int32 = 1, sequence: Int32 = 0, length: Int = 290, framing: Framing = .v2_3) -> [UInt8] {
    var writer = PacketWriter()
    let name: [UInt8] = Array("usrloc-contact-repl".utf8)
    do {
        try writer.begin(capability: name.span.bytes, type: 3, version: 4, framing: framing)
        try writer.write(source)
        try writer.write(sequence)
        if length > writer.offset {
            let filler = [UInt8](repeating: 0x61, count: length - writer.offset)
            try writer.writeRaw(filler.span.bytes)
        }
        try writer.finish()
    } catch {
        Issue.record(error)
    }
    return writer.copyBytes()
}

/// The numbers that ``packet(source:sequence:length:framing:)`` put in.
func numbers(_ bytes: RawSpan, _ header: PacketHeader) -> (source: Int32, sequence: Int32) {
    func integer(_ offset: Int) -> Int32 {
        var value: UInt32 = 0
        for index in 0..<4 { value |= UInt32(bytes.uint8(uncheckedAt: offset + index)) << (8 * UInt32(index)) }
        return Int32(bitPattern: value)
    }
    return (integer(header.bodyOffset), integer(header.bodyOffset + 4))
}

/// The endpoint of something that listens on a port of the system's choice.
func endpoint(_ address: SocketAddress, _ transport: BINEndpoint.Transport = .bin) -> BINEndpoint {
    BINEndpoint(transport, host: address.ipAddress ?? "127.0.0.1", port: address.port ?? 0)
}

let anyPort = BINEndpoint(.bin, host: "127.0.0.1", port: 0)

/// A plain connection of the tests' own, for what no decent client does.
struct RawPeer {
    let channel: any Channel

    /// - Parameter reads: whether it ever reads what comes.
    init(to address: SocketAddress, reads: Bool = true) async throws {
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .connect(to: address).get()
    }

    func write(_ bytes: some Sequence<UInt8>) async throws {
        try await channel.writeAndFlush(channel.allocator.buffer(bytes: Array(bytes))).get()
    }

    /// Waits until the other side has closed the connection.
    func closed(within limit: Duration = .seconds(60)) async -> Bool {
        await happens(within: limit) { !channel.isActive }
    }

    func close() { channel.close(promise: nil) }

    /// Closes it the way the system does for a process that is killed with something unread.
    func reset() async throws {
        let socket = try #require(channel as? any SocketOptionProvider)
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close()
    }
}

/// Waits until `condition` holds, for a bounded time.
func happens(within limit: Duration = .seconds(60), _ condition: () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return await condition()
}

/// Runs a server for the time of `body`.
func withServer(
    _ configuration: TCPServer.Configuration = .init(), inbox: PacketInbox? = nil,
    _ body: (TCPServer) async throws -> Void
) async throws {
    let server = try await TCPServer.bind(to: anyPort, configuration: configuration, inbox: inbox)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        try await body(server)
        server.close()
        try await group.waitForAll()
    }
}

/// Runs a client for the time of `body`, and shuts it down after it.
func withClient(
    to endpoint: BINEndpoint, _ configuration: TCPClient.Configuration = .init(),
    _ body: (TCPClient) async throws -> Void
) async throws {
    let client = try TCPClient(endpoint, configuration: configuration)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.run() }
        do { try await body(client) } catch {
            client.shutdown()
            throw error
        }
        client.shutdown()
        try await group.waitForAll()
    }
}

/// Takes `count` packets from an inbox: their numbers in order.
func receive(_ count: Int, from inbox: PacketInbox) async -> [(source: Int32, sequence: Int32)] {
    var result: [(source: Int32, sequence: Int32)] = []
    for await batch in inbox {
        batch.forEach { bytes, header in result.append(numbers(bytes, header)) }
        if result.count >= count { break }
    }
    return result
}
