import BINCapture
import BINMessages
import BINWire
import Foundation
import FuzzProperties
import Testing

/// What the servers said of themselves must be in what they sent.
@Suite struct GroundTruthTests {
    /// Every packet and every sync chunk of a capture as plain values.
    private static func messages(
        of capture: String
    ) throws -> [(packet: Corpus.Packet, message: String, fields: FieldValue)] {
        var interpreter = Interpreter()
        var description = PacketDescription()
        var messages: [(Corpus.Packet, String, FieldValue)] = []
        for packet in try Corpus.contents(of: capture).packets {
            interpreter.interpret(packet.bytes.span.bytes, packet.header, from: packet.sender, into: &description)
            guard description.failure == nil, let message = description.message?.description else { continue }
            let fields = FieldValue.fields(description.nodes, packet.bytes)
            messages.append((packet, message, fields))
            for chunk in fields["chunks"]?.list ?? [] { messages.append((packet, "sync-chunk", chunk)) }
        }
        return messages
    }

    static let withContacts = Corpus.captures.filter { (try? Corpus.truth(of: $0).contacts) != nil }
    static let withPipes = Corpus.captures.filter { (try? Corpus.truth(of: $0).pipes) != nil }
    /// 2.1 has no profile counters, and in one scenario of 2.2 they were not replicated.
    static let withProfiles = Corpus.captures.filter {
        guard let truth = try? Corpus.truth(of: $0), truth.profiles != nil else { return false }
        return truth.counts.contains {
            $0.type == 4 && ($0.capability == "dialog" || $0.capability == "dialog-prof-repl")
        }
    }

    @Test(arguments: withContacts)
    func `each contact that a server listed was sent with the same values`(capture: String) throws {
        var sent: [String: [FieldValue]] = [:]
        for (_, _, fields) in try Self.messages(of: capture) {
            guard let aor = fields["aor"]?.text, let contact = fields["contact"]?.text, fields["methods"] != nil else {
                continue
            }
            sent["\(aor) \(contact)", default: []].append(fields)
        }
        // Contacts of a node that replicates nothing, or that was cut off, are listed but never sent.
        for contact in try Corpus.truth(of: capture).contacts ?? [] {
            guard let candidates = sent["\(contact.aor) \(contact.contact)"] else {
                #expect(capture.contains("fast-restart"), "\(contact.aor) \(contact.contact) was not sent")
                continue
            }
            let matching = candidates.filter {
                $0["callid"]?.text == contact.callid && $0["cseq"]?.number == Int64(contact.cseq)
            }
            let agrees = matching.contains { fields in
                fields["userAgent"]?.text == contact.userAgent
                    && fields["methods"]?.number == contact.methods.map(Int64.init)
                    && fields["q"]?.number == contact.q.map(Int64.init)
                    && (contact.received == nil || fields["received"]?.text == contact.received)
                    && (contact.attr == nil || fields["attr"]?.text == contact.attr)
                    && (contact.instance == nil || fields["instance"]?.text == contact.instance)
                    && (contact.path == nil || fields["path"]?.text == contact.path)
            }
            #expect(agrees, "\(contact) against \(matching)")
        }
    }

    @Test(arguments: withPipes)
    func `each pipe that was sent is one that a server listed`(capture: String) throws {
        func bare(_ name: String) -> String { name.hasSuffix("/b") ? String(name.dropLast(2)) : name }
        let listed = Set(
            (try Corpus.truth(of: capture).pipes ?? []).map {
                Corpus.Truth.Pipe(pipeName: bare($0.pipeName), algorithm: $0.algorithm, limit: $0.limit)
            })
        var seen = 0
        for (_, _, fields) in try Self.messages(of: capture) {
            for pipe in fields["pipes"]?.groups ?? [] {
                let sent = Corpus.Truth.Pipe(
                    pipeName: bare(try #require(pipe["pipeName"]?.text)),
                    algorithm: Int32(try #require(pipe["algorithm"]?.number)),
                    limit: Int32(try #require(pipe["limit"]?.number)))
                #expect(listed.contains(sent), "\(sent)")
                seen += 1
            }
        }
        #expect(seen > 0 || !capture.contains("ratelimit"))
    }

    @Test(arguments: withProfiles)
    func `counters of profiles add up to what a server listed`(capture: String) throws {
        let messages = try Self.messages(of: capture).filter { $0.message == "profile-counters" }
        for truth in try Corpus.truth(of: capture).profiles ?? [] {
            for (value, expected) in truth.values {
                // The counters change while calls come and go; at some moment around the listing they must agree.
                var counters: [UInt64: Int64] = [:]
                var sums: Set<Int64> = []
                for (packet, _, fields) in messages {
                    let time = Double(packet.origin.time.nanosecondsSinceEpoch) / 1e9
                    guard time < truth.time + 1.5 else { break }
                    for profile in fields["profiles"]?.groups ?? []
                    where profile["profileName"]?.text == truth.profileName {
                        guard profile["value"]?.text == value else { continue }
                        counters[packet.origin.source.address.low] = profile["counter"]?.number
                    }
                    if time > truth.time - 1.5 { sums.insert(counters.values.reduce(0, +)) }
                }
                if sums.isEmpty { sums.insert(counters.values.reduce(0, +)) }
                #expect(
                    sums.contains(Int64(expected)), "\(truth.profileName) \(value): sums \(sums), listed \(expected)")
            }
        }
    }
}
