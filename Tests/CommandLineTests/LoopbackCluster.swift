import Testing

/// Addresses of members of a cluster on this machine: members know each other by address, so each test has a network of its own.
struct LoopbackCluster {
    private let network = "127.\(Int.random(in: 64...95)).\(Int.random(in: 1...250))."
    private let first = Int.random(in: 1...60) * 4
    private let port = Int.random(in: 20_000...50_000)

    /// Host and port of member 1, 2 or 3.
    func address(_ member: Int) -> String { "\(network)\(first + member):\(port)" }

    /// What makes a command a member that looks on, with member 1 as the one it knows.
    func visitor(_ member: Int, _ release: String = "4.0") -> [String] {
        [
            "--from", "1=bin:\(address(1))", "--id", "\(member)", "--listen", "bin:\(address(member))", "--release",
            release,
        ]
    }

    /// Runs a command to its end, without a thread that waits for it: members of the test need all that there are.
    func output(_ arguments: [String]) async throws -> RunningTool {
        let tool = try RunningTool(arguments)
        #expect(try await tool.end() == 0, "\(tool.errors)")
        return tool
    }

    /// Member 1, which others can join over.
    func joined() async throws -> RunningTool {
        let tool = try RunningTool([
            "join", "--id", "1", "--listen", "bin:\(address(1))", "--release", "4.0", "--no-packets", "--json", "--log",
            "info",
        ])
        try await tool.addressesLogged()
        return tool
    }

    /// Sends packets as member `source` to member `target`.
    func send(_ what: [String], from source: Int, to target: Int) async throws {
        let tool = try RunningTool(
            ["send"] + what + [
                "--to", "tcp:\(address(target))", "--as-member", "bin:\(address(source))", "--node-id", "\(source)",
                "--to-node", "\(target)", "--release", "4.0",
            ])
        #expect(try await tool.end() == 0, "\(tool.errors)")
    }
}
