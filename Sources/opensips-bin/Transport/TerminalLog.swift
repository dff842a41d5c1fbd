import BINText
import Logging

/// Log lines on standard error, as the tool writes everything there: who says it, what, and in brackets the details.
struct TerminalLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(_ level: Logger.Level) { logLevel = level }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let level = event.level >= .warning ? "\(event.level): " : ""
        Terminal.complain(level + "\(event.message)" + (details.isEmpty ? "" : " (\(details))"))
    }

    /// A logger of the tool.
    static func logger(_ level: Logger.Level) -> Logger {
        Logger(label: "opensips-bin") { _ in TerminalLog(level) }
    }
}
