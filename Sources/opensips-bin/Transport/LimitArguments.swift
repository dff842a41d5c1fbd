import ArgumentParser
import BINTransport

/// What peers may take, as options.
struct LimitArguments: ParsableArguments {
    @Option(help: "Connections at a time.")
    var maxConnections = 4096

    @Option(help: "Connections at a time from one address.")
    var maxConnectionsPerAddress = 64

    @Option(help: "Packets a second from one address.")
    var maxRate: Int?

    @Option(help: "Seconds after which a silent connection is closed; 0 for never.")
    var idleTimeout = 120

    @OptionGroup var log: LogArguments

    func validate() throws {
        guard maxConnections > 0, maxConnectionsPerAddress > 0, maxRate.map({ $0 > 0 }) != false, idleTimeout >= 0
        else { throw ValidationError("limits are numbers above 0") }
    }

    var limits: TransportLimits {
        var limits = TransportLimits()
        limits.connections = maxConnections
        limits.connectionsPerAddress = maxConnectionsPerAddress
        limits.packetsPerSecond = maxRate
        limits.idleTimeout = idleTimeout == 0 ? nil : .seconds(idleTimeout)
        return limits
    }
}
