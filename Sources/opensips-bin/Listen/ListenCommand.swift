import ArgumentParser
import BINMessages
import BINText
import BINTransport
import BINWire
import Logging
import ServiceLifecycle
import UnixSignals

/// `opensips-bin listen`: what peers send to us.
struct ListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen",
        abstract: "Receive packets over TCP, UDP and TLS, and show what they say.",
        discussion: """
            The framing of each connection and datagram (2.1, 2.2, 2.3 and later) is found from its bytes. Nothing is \
            answered: an OpenSIPS node sends only to members of its cluster, so this is for producers that send to a \
            given address, for OpenSIPS 2.1 and 2.2, and for 'send' and 'replay'.

            Port 0 lets the system choose; the addresses are said on standard error. SIGINT and SIGTERM end it: what \
            was received is shown and written first.

            Exit status: 0 ended by a signal or --count, 1 an address could not be bound or a file not be written, \
            2 wrong use.
            """)

    @Option(help: "Listen on this address, such as 127.0.0.1:5555; may be repeated.")
    var tcp: [String] = []

    @Option(help: "Receive datagrams on this address; may be repeated.")
    var udp: [String] = []

    @Option(help: "Listen with TLS on this address; may be repeated.")
    var tls: [String] = []

    @OptionGroup(title: "TLS") var certificates: TLSArguments

    @Flag(help: "Print one JSON object a line, as inspect --json does.")
    var json = false

    @Flag(name: .shortAndLong, help: "Show all fields.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Show no packets.")
    var quiet = false

    @Option(help: "Also write the packets to this capture file.")
    var write: String?

    @Option(name: .shortAndLong, help: "Show only packets that pass; see inspect --help.")
    var filter: [String] = []

    @Option(name: .shortAndLong, help: "Take all senders to run this release instead of finding out.")
    var release: String?

    @Option(help: "End after this many packets.")
    var count: Int?

    @OptionGroup(title: "Limits") var limits: LimitArguments

    func validate() throws {
        if tcp.isEmpty, udp.isEmpty, tls.isEmpty {
            throw ValidationError("name at least one of --tcp, --udp and --tls")
        }
        if json, verbose { throw ValidationError("--json shows all fields; -v does not go with it") }
        if quiet, json || verbose { throw ValidationError("--quiet shows nothing; --json and -v do not go with it") }
        if let count, count < 1 { throw ValidationError("--count is a number above 0") }
        if let release { _ = try Release(argument: release) }
        do {
            _ = try PacketFilter(filter)
            try certificates.check(try endpoints(), listening: true)
        } catch let error as ValidationError {
            throw error
        } catch {
            throw ValidationError("\(error)")
        }
    }

    private func endpoints() throws -> [BINEndpoint] {
        try tcp.map { try TransportTarget.parse($0, as: .bin) } + tls.map { try TransportTarget.parse($0, as: .bins) }
            + udp.map { try TransportTarget.parse($0, as: .udp) }
    }

    func run() async throws {
        Interruption.ignoreBrokenPipes()
        let inbox = PacketInbox()
        let logger = limits.log.logger
        let recorder: CaptureRecorder?
        do {
            recorder = try write.map { try CaptureRecorder(path: $0) }
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
        var listeners: [any Listener] = []
        do {
            for endpoint in try endpoints() { listeners.append(try await open(endpoint, inbox, logger)) }
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
        for listener in listeners { Terminal.complain("listening on \(listener.endpoint)") }
        let view = ReceivedPackets(
            inbox: inbox, style: style, filter: try PacketFilter(filter), release: release.flatMap { Release($0) },
            count: count, recorder: recorder)
        // Stopped in the reverse order: first the listeners, then what they have delivered is shown.
        var services = [
            ServiceGroupConfiguration.ServiceConfiguration(
                service: view, successTerminationBehavior: .gracefullyShutdownGroup)
        ]
        services += listeners.map { .init(service: $0, successTerminationBehavior: .ignore) }
        try await ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigint, .sigterm], logger: limits.log.quietLogger)
        ).run()
        Terminal.complain(summary(listeners, view.packets))
        if recorder?.failure != nil { throw ExitCode(1) }
    }

    private var style: ReceivedPackets.Style {
        if quiet { return .nothing }
        return json ? .json : verbose ? .fields : .lines
    }

    private func open(
        _ endpoint: BINEndpoint, _ inbox: PacketInbox, _ logger: Logger
    ) async throws(ListeningFailure) -> any Listener {
        do {
            if endpoint.transport == .udp {
                var configuration = UDPTransport.Configuration()
                configuration.detectsFraming = true
                configuration.limits.packetsPerSecond = limits.maxRate
                configuration.logger = logger
                return try await UDPTransport.bind(to: endpoint, configuration: configuration, inbox: inbox)
            }
            var configuration = TCPServer.Configuration()
            configuration.detectsFraming = true
            configuration.limits = limits.limits
            configuration.logger = logger
            try certificates.apply(to: &configuration)
            return try await TCPServer.bind(to: endpoint, configuration: configuration, inbox: inbox)
        } catch {
            throw ListeningFailure(endpoint: endpoint, reason: SocketFailure(error).description)
        }
    }

    private func summary(_ listeners: [any Listener], _ shown: UInt64) -> String {
        func total(_ metric: TransportMetric) -> Int { listeners.reduce(0) { $0 + $1.counters.value(metric) } }
        var parts = ["\(shown) packets received"]
        let connections = total(.connectionsOpened)
        if connections > 0 { parts.append("\(connections) connections") }
        let refused = total(.packetsRefused)
        if refused > 0 { parts.append("\(refused) refused") }
        let turnedAway = total(.connectionsRefused)
        if turnedAway > 0 { parts.append("\(turnedAway) connections turned away") }
        return parts.joined(separator: ", ")
    }
}

/// Why an address cannot be listened on.
private struct ListeningFailure: Error, CustomStringConvertible {
    var endpoint: BINEndpoint
    var reason: String
    var description: String { "cannot listen on \(endpoint): \(reason)" }
}
