import ArgumentParser
import BINTransport
import BINWire
import NIOCore

/// Where to send, and from where.
struct TargetArguments: ParsableArguments {
    @Option(name: .customLong("to"), help: "tcp:HOST:PORT, tls:HOST:PORT or udp:HOST:PORT (also bin: and bins:).")
    var target: String

    @Option(help: "Send from this address, such as 127.0.0.2 or 127.0.0.2:5555. Peers know nodes by their address.")
    var from: String?

    @Option(help: "Seconds that the first connection may take.")
    var connectTimeout = 10

    @OptionGroup(title: "TLS") var certificates: TLSArguments

    @OptionGroup var log: LogArguments

    func validate() throws {
        guard connectTimeout > 0 else { throw ValidationError("--connect-timeout is a number of seconds above 0") }
        do {
            try certificates.check([try endpoint], listening: false)
            _ = try source
        } catch let error as ValidationError {
            throw error
        } catch {
            throw ValidationError("\(error)")
        }
    }

    var endpoint: BINEndpoint { get throws { try TransportTarget.parse(target) } }

    private var source: SocketAddress? {
        get throws {
            guard let from else { return nil }
            let endpoint = try TransportTarget.parse(from, as: .udp)
            let hasPort = from.hasPrefix("[") ? from.contains("]:") : from.contains(":")
            do {
                return try SocketAddress(ipAddress: endpoint.host, port: hasPort ? endpoint.port : 0)
            } catch {
                throw ValidationError("'\(from)' is no address to send from, such as 127.0.0.2 or 127.0.0.2:5555")
            }
        }
    }

    /// How to send: as the member that `nodes` describes, or without being one.
    func options(_ nodes: NodeArguments) throws -> DeliveryOptions {
        let target = try endpoint
        return DeliveryOptions(
            target: target, source: try source, member: try nodes.member(to: target), window: nodes.window,
            connectTimeout: .seconds(connectTimeout), logger: log.logger, certificates: certificates)
    }
}
