import ArgumentParser
import BINHTTP
import BINText
import BINTransport
import NIOCore

/// Where a node serves HTTP: `127.0.0.1:8080`, `[::1]:8080` or `8080`, also with `http://` before it.
struct HTTPAddress: ExpressibleByArgument, CustomStringConvertible {
    var host: String
    var port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        var text = argument[...]
        if text.hasPrefix("http://") { text = text.dropFirst(7) }
        if text.hasSuffix("/") { text = text.dropLast() }
        var host = "127.0.0.1"
        if let colon = text.lastIndex(of: ":") {
            host = String(text[..<colon])
            text = text[text.index(after: colon)...]
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        }
        guard !host.isEmpty, let port = UInt16(text) else { return nil }
        self.init(host: host, port: Int(port))
    }

    var description: String { host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)" }

    static var defaultHTTP: HTTPAddress { HTTPAddress(host: "127.0.0.1", port: 8080) }
}

extension HTTPAddress {
    /// Opens the port, and says where what is served.
    func listen(
        _ what: String, _ log: LogArguments, _ respond: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) async throws -> HTTPListener {
        do {
            var configuration = HTTPListener.Configuration(host: host, port: port)
            configuration.logger = log.quietLogger
            let listener = try await HTTPListener.bind(configuration, respond: respond)
            Terminal.complain("\(what) at \(HTTPAddress(host: host, port: listener.localAddress.port ?? port))/")
            return listener
        } catch {
            Terminal.complain("cannot listen at \(self): \(SocketFailure(error))")
            throw ExitCode(1)
        }
    }
}

/// How commands reach a member of the gossip that runs.
struct RunningMemberArguments: ParsableArguments {
    @Option(name: .customLong("http"), help: "Where the member serves HTTP (its --http).")
    var address = HTTPAddress.defaultHTTP

    @Option(help: "Seconds to wait for an answer.")
    var timeout = 5

    func validate() throws {
        guard timeout > 0 else { throw ValidationError("--timeout is a number of seconds above 0") }
    }

    var call: HTTPCall {
        var call = HTTPCall(host: address.host, port: address.port)
        call.timeout = .seconds(timeout)
        return call
    }
}
