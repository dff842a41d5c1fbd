import BINMessages
import BINText
import BINWire

/// Runs the vectors of a file through the library.
struct VectorCheck {
    /// A vector that did not give what it states.
    struct Failure {
        var number: Int64
        var comment: String
        var expected: String
        var seen: String
    }

    /// Why a file is not one of vectors.
    struct FormatError: Error, CustomStringConvertible {
        var description: String
    }

    /// Tests of each result.
    private(set) var counts: [String: Int] = [:]
    /// What failed.
    private(set) var failures: [Failure] = []

    /// Number of tests.
    var tests: Int { counts.values.reduce(0, +) }

    /// Runs all tests of a file.
    init(_ text: [UInt8]) throws {
        let file: JSONValue
        do { file = try JSONParser.parse(text) } catch { throw FormatError(description: "no JSON: \(error)") }
        let groups = try VectorCheck.member(file, "testGroups", \.array, "an array")
        var numbers: Set<Int64> = []
        for group in groups {
            let context = try Context(group)
            for test in try VectorCheck.member(group, "tests", \.array, "an array") {
                let number = try VectorCheck.member(test, "tcId", \.integer, "an integer")
                guard numbers.insert(number).inserted else {
                    throw FormatError(description: "tcId \(number) stands twice")
                }
                try run(test, number, context)
            }
        }
        let stated = try VectorCheck.member(file, "numberOfTests", \.integer, "an integer")
        guard stated == Int64(tests) else {
            throw FormatError(description: "numberOfTests is \(stated), but there are \(tests)")
        }
    }

    private static func member<Value>(
        _ object: JSONValue, _ name: String, _ get: (JSONValue) -> Value?, _ kind: String
    ) throws -> Value {
        guard let value = object[name] else { throw FormatError(description: "'\(name)' is missing") }
        guard let result = get(value) else { throw FormatError(description: "'\(name)' is not \(kind)") }
        return result
    }

    /// What a group says of its tests.
    private struct Context {
        var framing: Framing
        var message: String
        var layouts: [Substring]
        var isChunk: Bool
        /// The first and the last release of each range; nil alone for an extension, which no release sends.
        var releases: [Release?]

        init(_ group: JSONValue) throws {
            let framing = try VectorCheck.member(group, "framing", \.string, "a string")
            guard let known = Framing.allCases.first(where: { "\($0)" == framing }) else {
                throw FormatError(description: "'\(framing)' is no framing")
            }
            self.framing = known
            message = try VectorCheck.member(group, "message", \.string, "a string")
            layouts = try VectorCheck.member(group, "layout", \.string, "a string").split(separator: "|")
            isChunk = group["carrier"] != nil
            var releases: [Release] = []
            for range in try VectorCheck.member(group, "releases", \.array, "an array") {
                for end in range.array ?? [] {
                    guard let release = end.string.flatMap({ Release($0) }) else {
                        throw FormatError(description: "a range of releases names something else")
                    }
                    if !releases.contains(release) { releases.append(release) }
                }
            }
            self.releases = releases.isEmpty ? [nil] : releases
        }
    }

    private mutating func run(_ test: JSONValue, _ number: Int64, _ context: Context) throws {
        let result = try VectorCheck.member(test, "result", \.string, "a string")
        let packet = try VectorCheck.member(test, "packet", { VectorCheck.bytes($0.string) }, "hexadecimal")
        let comment = try VectorCheck.member(test, "comment", \.string, "a string")
        guard ["valid", "acceptable", "invalid"].contains(result) else {
            throw FormatError(description: "'\(result)' is no result")
        }
        counts[result, default: 0] += 1
        let problem: (expected: String, seen: String)?
        if let stream = test["stream"] {
            problem = try VectorCheck.checkStream(stream, test["error"], packet, context.framing)
        } else if result == "invalid" {
            problem = try VectorCheck.checkError(test, packet, context)
        } else {
            problem = try VectorCheck.checkFields(test, packet, context)
        }
        if let problem {
            failures.append(
                Failure(number: number, comment: comment, expected: problem.expected, seen: problem.seen))
        }
    }

    private static func bytes(_ hexadecimal: String?) -> [UInt8]? {
        guard let digits = hexadecimal?.utf8, digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    // MARK: Comparing

    /// The packet must say the same in every release of the group.
    private static func checkFields(
        _ test: JSONValue, _ packet: [UInt8], _ context: Context
    ) throws -> (expected: String, seen: String)? {
        let fields = try member(test, "fields", { $0 }, "an object")
        var releases = context.releases
        if let name = test["release"] {
            guard let release = name.string.flatMap({ Release($0) }) else {
                throw FormatError(description: "'release' names something else")
            }
            releases = [release]
        }
        for release in releases {
            let place = release.map { " in \($0)" } ?? ""
            switch VectorReading(packet, framing: context.framing, release: release) {
            case .refused(let reason, let offset):
                return ("fields\(place)", "\(reason) at \(offset)")
            case .read(let message, let layout, let text, let routing):
                guard context.isChunk || message == context.message else {
                    return ("message \(context.message)\(place)", "message \(message)")
                }
                // A release may have two layouts that are told apart by nothing; then both are named.
                guard context.isChunk || layout.split(separator: "|").contains(where: { context.layouts.contains($0) })
                else { return ("layout \(context.layouts.joined(separator: "|"))\(place)", "layout \(layout)") }
                guard let seen = try? JSONParser.parse(Array(text.utf8)) else {
                    return ("fields\(place)", "no JSON: \(text)")
                }
                guard seen == fields else { return ("other fields\(place)", text) }
                let trailer = try routing.map { try JSONParser.parse(Array(VectorFile.routing($0).text.utf8)) }
                guard trailer == test["routing"] else { return ("another trailer\(place)", "\(routing as Any)") }
            }
        }
        guard let inside = test["packets"] else { return nil }
        let packets = inside.array?.map { bytes($0.string) }
        return packets != nil && VectorReading.packets(inside: packet) == packets
            ? nil : ("\(packets?.count ?? 0) packets inside", "other ones")
    }

    /// The packet must be refused for this reason in every release of the group, and for some reason in all others.
    private static func checkError(
        _ test: JSONValue, _ packet: [UInt8], _ context: Context
    ) throws -> (expected: String, seen: String)? {
        let (reason, offset) = try error(try member(test, "error", { $0 }, "an object"))
        let expected = VectorReading.refused(reason: reason, offset: offset)
        for release in context.releases {
            let seen = VectorReading(packet, framing: context.framing, release: release)
            let place = release.map { " in \($0)" } ?? ""
            if seen != expected { return ("\(reason) at \(offset)\(place)", seen.words) }
        }
        let seen = VectorReading(packet, framing: context.framing)
        return seen.isRefused ? nil : ("a refusal when no release is given", seen.words)
    }

    private static func error(_ error: JSONValue) throws -> (reason: String, offset: Int) {
        let offset = try member(error, "offset", \.integer, "an integer")
        return (try member(error, "reason", \.string, "a string"), Int(clamping: offset))
    }

    /// The packets must be found in these fragments, byte by byte, and all at once.
    private static func checkStream(
        _ stream: JSONValue, _ error: JSONValue?, _ bytes: [UInt8], _ framing: Framing
    ) throws -> (expected: String, seen: String)? {
        guard framing != .v2_1 else { throw FormatError(description: "2.1 has no streams") }
        let fragments = try member(stream, "fragments", \.array, "an array").map { Int(clamping: $0.integer ?? 1) }
        let packets = try member(stream, "packets", \.array, "an array").map { place -> [UInt8] in
            let offset = Int(clamping: try member(place, "offset", \.integer, "an integer"))
            let length = Int(clamping: try member(place, "length", \.integer, "an integer"))
            guard offset >= 0, length >= 0, offset <= bytes.count, length <= bytes.count - offset else {
                throw FormatError(description: "a packet lies outside of its stream")
            }
            return Array(bytes[offset..<(offset + length)])
        }
        let expected = try error.map { try self.error($0) }
        for sizes in [fragments, Array(repeating: 1, count: bytes.count), [bytes.count]] {
            let reading = StreamReading(bytes, framing: framing, fragments: sizes)
            guard reading.packets == packets else {
                return ("\(packets.count) packets", "\(reading.packets.count), or other ones")
            }
            guard reading.error?.code.name == expected?.reason,
                reading.error.map({ Int($0.offset) }) == expected?.offset
            else {
                let words = expected.map { "\($0.reason) at \($0.offset)" } ?? "no mistake"
                return (words, reading.error.map { "\($0.code.name) at \($0.offset)" } ?? "no mistake")
            }
        }
        return nil
    }
}

extension VectorReading {
    /// For people.
    fileprivate var words: String {
        switch self {
        case .refused(let reason, let offset): "\(reason) at \(offset)"
        case .read(let message, let layout, _, _): "read as \(message) (\(layout))"
        }
    }
}
