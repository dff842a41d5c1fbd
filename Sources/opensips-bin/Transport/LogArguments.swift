import ArgumentParser
import Logging

/// How much is logged on standard error.
struct LogArguments: ParsableArguments {
    @Option(name: .customLong("log"), help: "The least that is logged: trace, debug, info, notice, warning or error.")
    var level = "notice"

    func validate() throws {
        guard Logger.Level(rawValue: level) != nil else {
            throw ValidationError("there is no log level '\(level)': trace, debug, info, notice, warning, error")
        }
    }

    /// A logger that writes as the tool does.
    var logger: Logger { TerminalLog.logger(Logger.Level(rawValue: level) ?? .notice) }

    /// The same for what runs the services, of which only errors are worth a line.
    var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(.error, quiet.logLevel)
        return quiet
    }
}
