import ArgumentParser
import BINHTTP
import BINText
import NIOHTTP1

/// `opensips-bin members`.
struct MembersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "members",
        abstract: "Print the members of the gossip as a running member knows them.",
        discussion: """
            With --json each line is an object with node, status (alive, suspected, down, left), url, site, rack, generation, incarnation, \
            version, phi (how unlikely its present silence is; null where this member does not watch it), self and observed: true for \
            an OpenSIPS server that members see through the clusterer, with those members in by.

            Exit status: 0; 1 the member does not answer, 2 wrong use.
            """)

    @OptionGroup var member: RunningMemberArguments

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func run() async throws {
        try await ending {
            let answer = try await member.object("/members")
            let output = OutputBuffer()
            let members = answer["members"]?.array ?? []
            if json {
                for member in members { output.append(member.text + "\n") }
            } else {
                var table = TextTable(["node", "status", "url", "site", "version", "phi"])
                for member in members {
                    let isSelf = member["self"] == .bool(true)
                    let isObserved = member["observed"] == .bool(true)
                    table.append([
                        member.plain("node") + (isSelf ? " (asked)" : ""),
                        member.plain("status") + (isObserved ? ", observed" : ""), member.plain("url"),
                        member.plain("site"), member.plain("version"), member.plain("phi"),
                    ])
                }
                table.write(to: output)
            }
            output.flush()
        }
    }
}

/// `opensips-bin owners`.
struct OwnersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "owners",
        abstract: "Print who owns which flag as a running member knows it.",
        discussion: """
            With --json each line is an object with flag, policy, preferred (ids), owner (null: nobody) and fence (a string of digits).

            Exit status: 0; 1 the member does not answer, 2 wrong use, 3 a flag has no owner.
            """)

    @OptionGroup var member: RunningMemberArguments

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func run() async throws {
        let isComplete = try await ending {
            let flags = try await member.object("/owners")["flags"]?.array ?? []
            let output = OutputBuffer()
            if json {
                for flag in flags { output.append(flag.text + "\n") }
            } else if flags.isEmpty {
                Terminal.complain("the member has no flags")
            } else {
                var table = TextTable(["flag", "owner", "policy", "fencing number"])
                for flag in flags {
                    let owner = flag["owner"] == .null ? "nobody" : flag.plain("owner")
                    table.append([flag.plain("flag"), owner, flag.plain("policy"), flag.plain("fence")])
                }
                table.write(to: output)
            }
            output.flush()
            return flags.allSatisfy { $0["owner"] != .null }
        }
        if !isComplete { throw ExitCode(3) }
    }
}

/// Why a running member did not do what it was asked.
struct MemberRefusal: Error, CustomStringConvertible {
    let description: String
}

extension RunningMemberArguments {
    /// Asks the member, and takes its answer apart.
    func object(_ path: String) async throws -> JSONValue {
        let (status, body) = try await asking(.GET, path)
        guard status == .ok, let value = try? JSONParser.parse(body) else {
            throw MemberRefusal(description: "\(address) gave no answer that can be read: \(first(body))")
        }
        return value
    }

    /// Asks the member to do something.
    func change(_ method: HTTPMethod, _ path: String, _ body: [UInt8]?) async throws {
        let (status, answer) = try await asking(method, path, body)
        guard status == .ok else { throw MemberRefusal(description: first(answer)) }
    }

    private func asking(
        _ method: HTTPMethod, _ path: String, _ body: [UInt8]? = nil
    ) async throws -> (HTTPResponseStatus, [UInt8]) {
        do {
            let answer = try await call.ask(method, path, body: body, type: "application/octet-stream")
            return (answer.status, answer.body)
        } catch {
            throw MemberRefusal(description: "no member of the gossip answers at \(address): \(error)")
        }
    }

    private func first(_ body: [UInt8]) -> String {
        String(decoding: body.prefix { $0 != UInt8(ascii: "\n") }.prefix(200), as: UTF8.self)
    }
}

extension JSONValue {
    /// A member of an object for people.
    func plain(_ name: String) -> String {
        switch self[name] {
        case .string(let text)?: text
        case .number(let digits)?: digits
        case .null?, nil: ""
        case let value?: value.text
        }
    }
}
