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
}
