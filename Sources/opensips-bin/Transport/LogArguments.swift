import ArgumentParser
import Logging

/// How much is logged on standard error.
struct LogArguments: ParsableArguments {
    @Option(name: .customLong("log"), help: "The least that is logged: trace, debug, info, notice, warning or error.")
    var level: String?

    func validate() throws {
        guard let level else { return }
        guard Logger.Level(rawValue: level) != nil else {
            throw ValidationError("there is no log level '\(level)': trace, debug, info, notice, warning, error")
        }
    }

    /// A logger that writes as the tool does.
    var logger: Logger { logger(unlessAsked: .notice) }

    /// The same where events tell what matters, and only errors are worth a line unless more is asked for.
    var quietLogger: Logger { logger(unlessAsked: .error) }

    private func logger(unlessAsked least: Logger.Level) -> Logger {
        TerminalLog.logger(level.flatMap { Logger.Level(rawValue: $0) } ?? least)
    }
}
