import ArgumentParser
import BINText

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The command line.
@main
struct OpenSIPSBIN: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opensips-bin",
        abstract: "Speak, inspect and test BIN, the replication protocol of OpenSIPS servers.",
        version: "0.1.0-dev",
        subcommands: [
            InspectCommand.self, CompatCommand.self, DescribeCommand.self, ConvertCommand.self, ListenCommand.self,
            SendCommand.self, ReplayCommand.self, JoinCommand.self,
            ContactsCommand.self, DialogsCommand.self, ProfilesCommand.self, PipesCommand.self, TimelineCommand.self,
            MirrorCommand.self,
            DiffCommand.self, TagCommand.self, PingCommand.self,
            MessageCommand.self, TopologyCommand.self, GossipCommand.self, MembersCommand.self, StateCommand.self,
            OwnersCommand.self, VectorsCommand.self, SpecCommand.self, SimulateCommand.self,
            ConformanceCommand.self,
        ])

    /// Wrong use ends with status 2, as documented for every command.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            Terminal.writeToStandardError(fullMessage(for: error) + "\n")
            endProcess(2)
        }
    }
}

/// Calls `exit` of the C library; inside of a command the name means the parser's.
private func endProcess(_ status: CInt) -> Never { exit(status) }
