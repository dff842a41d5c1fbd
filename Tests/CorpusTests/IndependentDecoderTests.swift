import BINCapture
import BINMessages
import BINWire
import Foundation
import FuzzProperties
import Testing

/// An independent decoder read the same captures; both must have read the same values.
@Suite struct IndependentDecoderTests {
    static let decoded = Corpus.captures.filter {
        FileManager.default.fileExists(atPath: Corpus.file($0, "decoded.jsonl").path)
    }

    /// The independent decoder's names for our fields, where they differ by more than underscores.
    private static let names: [String: String] = [
        "kv_storage": "kv", "kv_storage/x": "kv", "caller_sock": "callerSocket", "callee_sock": "calleeSocket",
        "caller_route": "callerRouteSet", "callee_route": "calleeRouteSet", "mangled_from": "calleeMangledFromUri",
        "mangled_to": "calleeMangledToUri", "caller_adv_sdp": "callerAdvSdp", "callee_adv_sdp": "calleeAdvSdp",
        "caller_in_sdp": "callerSdpAsReceived", "caller_out_sdp": "callerSdpAsSent",
        "callee_in_sdp": "calleeSdpAsReceived", "callee_out_sdp": "calleeSdpAsSent",
        "caller_adv_contact": "callerAdvertisedContact", "callee_adv_contact": "calleeAdvertisedContact",
        "caller_gen_cseq": "callerLastGeneratedCseq", "callee_gen_cseq": "calleeLastGeneratedCseq",
        "rt_on_answer": "onAnswerRoute", "rt_on_timeout": "onTimeoutRoute", "rt_on_hangup": "onHangupRoute",
        "tag": "tagName",
    ]
    private static let notFields: Set<String> = [
        "t", "flow", "cap", "type", "ver", "_left", "cluster_id", "src_id", "dst_id", "match", "profiles",
        "pipes(name,algo,limit,counter)",
    ]

    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.enumerated().map { $0.offset == 0 ? String($0.element) : $0.element.capitalized }.joined()
    }

    /// One line of the independent decoder in a form that can be compared.
    private static func canonical(_ object: [String: Any]) -> String {
        var parts = ["\(object["cap"] ?? "") \(object["type"] ?? "")"]
        for (name, value) in object {
            switch name {
            case "match":
                for (index, element) in (value as? [Any] ?? []).enumerated() {
                    parts.append("match\(index)=\(element)")
                }
            case "profiles" where value is [Any]:
                for element in value as? [[Any]] ?? [] {
                    let hasValue = !(element[1] is NSNull)
                    parts.append("profile=\(element[0]) \(hasValue ? "\(element[1])" : "-") \(element[2])")
                }
            case "profiles": parts.append("profiles=\(value)")
            case "pipes(name,algo,limit,counter)":
                for element in value as? [[Any]] ?? [] {
                    parts.append("pipe=\(element[0]) \(element[1]) \(element[2]) \(element[3])")
                }
            case _ where notFields.contains(name):
                if ["cluster_id", "src_id", "dst_id"].contains(name) { parts.append("\(name)=\(value)") }
            default: parts.append("\(names[name] ?? camelCase(name))=\(value)")
            }
        }
        return parts.sorted().joined(separator: "; ")
    }

    /// A packet as we read it, in the same form.
    private static func canonical(_ packet: Corpus.Packet, _ description: PacketDescription) -> String {
        var parts = ["\(packet.capability) \(packet.header.type)"]
        if let routing = description.routing {
            parts += ["cluster_id=\(routing.cluster)", "src_id=\(routing.source)", "dst_id=\(routing.destination)"]
        }
        guard case .group(let fields) = FieldValue.fields(description.nodes, packet.bytes) else { return "" }
        for (name, value) in fields {
            switch (name, value) {
            case ("matchMode", .number(let mode)): parts.append("match0=\(mode)")
            case ("matchCount", _): continue
            case ("matchParams", .list(let parameters)):
                for (index, parameter) in parameters.enumerated() {
                    parts.append("match\(index + 1)=\(parameter.text ?? "")")
                }
            case ("profiles", .list(let profiles)):
                for profile in profiles {
                    parts.append(
                        "profile=\(profile["profileName"]?.text ?? "") \(profile["value"]?.text ?? "-") \(profile["counter"]?.number ?? -1)"
                    )
                }
            case ("pipes", .list(let pipes)):
                for pipe in pipes {
                    let numbers = ["algorithm", "limit", "counter"].map { "\(pipe[$0]?.number ?? -1)" }
                    parts.append("pipe=\(pipe["pipeName"]?.text ?? "") \(numbers.joined(separator: " "))")
                }
            case (_, .number(let number)): parts.append("\(name)=\(number)")
            case (_, .text(let text)): parts.append("\(name)=\(text)")
            default: parts.append("\(name)=?")
            }
        }
        return parts.sorted().joined(separator: "; ")
    }

    @Test(arguments: decoded)
    func `both decoders read the same values`(capture: String) throws {
        var theirs: [String: Int] = [:]
        var kinds: Set<String> = []
        let text = try String(contentsOf: Corpus.file(capture, "decoded.jsonl"), encoding: .utf8)
        for line in text.split(separator: "\n") {
            let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let object = try #require(parsed as? [String: Any])
            #expect(object["_left"] as? Int == 0)
            theirs[Self.canonical(object), default: 0] += 1
            kinds.insert(object["cap"] as? String ?? "")
        }
        var ours: [String: Int] = [:]
        var interpreter = Interpreter()
        var description = PacketDescription()
        for packet in try Corpus.contents(of: capture).packets {
            interpreter.interpret(packet.bytes.span.bytes, packet.header, from: packet.sender, into: &description)
            guard kinds.contains(packet.capability) else { continue }
            ours[Self.canonical(packet, description), default: 0] += 1
        }
        let missing = theirs.filter { ours[$0.key] != $0.value }.keys.sorted()
        let extra = ours.filter { theirs[$0.key] != $0.value }.keys.sorted()
        #expect(missing.isEmpty && extra.isEmpty, "theirs \(missing.prefix(2)), ours \(extra.prefix(2))")
    }
}
