import BINText

/// A vector as another program is asked it, and what is to be said of the answer.
struct VectorQuestion {
    /// What an answer is worth.
    enum Verdict: Equatable {
        /// It is right; `isPartial` when it left fields out.
        case passed(isPartial: Bool)
        case failed(expected: String, seen: String)
        /// The program does not know such packets.
        case skipped
    }

    let file: String
    let number: Int64
    let comment: String
    private let group: JSONValue
    private let test: JSONValue

    init(file: String, group: JSONValue, test: JSONValue) {
        self.file = file
        self.group = group
        self.test = test
        number = test["tcId"]?.integer ?? 0
        comment = test["comment"]?.string ?? ""
    }

    /// The line that is asked: everything a receiver may know, and nothing of what is expected.
    var line: String {
        var members: [(name: String, value: JSONValue)] = [("file", .string(file)), ("tcId", .number("\(number)"))]
        for name in ["framing", "capability", "message", "type", "version", "layout", "releases", "carrier"] {
            if let value = group[name] { members.append((name, value)) }
        }
        for name in ["release", "packet"] {
            if let value = test[name] { members.append((name, value)) }
        }
        if let fragments = test["stream"]?["fragments"] { members.append(("fragments", fragments)) }
        return JSONValue.object(members).text
    }

    // MARK: Judging

    /// Compares an answer with what the vector states.
    /// - Parameter comparingReasons: whether a refusal must be for the reason, and at the offset, of the vector.
    /// - Throws: ``VectorProgram/Failure`` when the line is no answer to this question.
    func judge(_ line: [UInt8], comparingReasons: Bool) throws -> Verdict {
        guard let answer = try? JSONParser.parse(line) else { throw no("is no JSON", line) }
        guard answer["tcId"]?.integer == number else { throw no("does not have the tcId \(number)", line) }
        switch answer["result"]?.string {
        case "skipped": return .skipped
        case "valid": return judgeReading(answer)
        case "invalid": return judgeRefusal(answer, comparingReasons)
        default: throw no("has no result that is valid, invalid or skipped", line)
        }
    }

    private func no(_ what: String, _ line: [UInt8]) -> VectorProgram.Failure {
        let shown = String(decoding: line.prefix(200), as: UTF8.self)
        return VectorProgram.Failure(description: "the answer to \(file) \(number) \(what): \(shown)")
    }

    private func judgeReading(_ answer: JSONValue) -> Verdict {
        if let stream = test["stream"] {
            guard test["error"] == nil else { return failed("a refusal", "a reading") }
            return judgePackets(answer, stream)
        }
        guard test["result"]?.string != "invalid" else {
            return failed("a refusal (\(test["error"]?["reason"]?.string ?? ""))", "a reading")
        }
        let isPartial = answer["partial"] == .bool(true)
        let seen = answer["fields"] ?? .object([])
        let expected = test["fields"] ?? .object([])
        guard isPartial ? Self.isPart(seen, of: expected) : seen == expected else {
            return failed(expected.text, seen.text)
        }
        guard (answer["routing"] ?? .null) == (test["routing"] ?? .null) else {
            return failed("the trailer \((test["routing"] ?? .null).text)", (answer["routing"] ?? .null).text)
        }
        if let packets = test["packets"], answer["packets"] != nil || !isPartial, answer["packets"] != packets {
            return failed("\(packets.array?.count ?? 0) packets inside", "other ones")
        }
        return .passed(isPartial: isPartial)
    }

    private func judgeRefusal(_ answer: JSONValue, _ comparingReasons: Bool) -> Verdict {
        if let stream = test["stream"] {
            guard test["error"] != nil else { return failed("no mistake", "a refusal") }
            let verdict = judgePackets(answer, stream)
            guard verdict == .passed(isPartial: false) else { return verdict }
        }
        guard test["result"]?.string != "valid" || test["stream"] != nil else {
            return failed("a reading", "a refusal \((answer["error"] ?? .null).text)")
        }
        guard comparingReasons, let error = test["error"] else { return .passed(isPartial: false) }
        let (reason, offset) = (answer["error"]?["reason"], answer["error"]?["offset"])
        guard reason == error["reason"], offset == error["offset"] else {
            return failed(error.text, (answer["error"] ?? .null).text)
        }
        return .passed(isPartial: false)
    }

    private func judgePackets(_ answer: JSONValue, _ stream: JSONValue) -> Verdict {
        let expected = stream["packets"] ?? .array([])
        let seen = answer["packets"] ?? .array([])
        return seen == expected ? .passed(isPartial: false) : failed(expected.text, seen.text)
    }

    private func failed(_ expected: String, _ seen: String) -> Verdict {
        .failed(expected: String(expected.prefix(400)), seen: String(seen.prefix(400)))
    }

    /// Whether everything that was said is so; what was left out is not judged. Lists are whole.
    private static func isPart(_ seen: JSONValue, of whole: JSONValue) -> Bool {
        switch (seen, whole) {
        case (.object(let members), .object):
            members.allSatisfy { member in whole[member.name].map { isPart(member.value, of: $0) } ?? false }
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { isPart($0, of: $1) }
        default: seen == whole
        }
    }
}
