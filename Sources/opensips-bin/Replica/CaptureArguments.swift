import ArgumentParser
import BINCapture
import BINMessages
import BINReplica
import BINText

/// Which node of which capture, and when.
struct CaptureArguments: ParsableArguments {
    @Option(help: "A capture file; may be repeated, then one follows the other.")
    var capture: [String] = []

    @Option(help: "The node that is meant: its number, or its address in captures of 2.1 and 2.2.")
    var node: String?

    @Option(
        help:
            "The moment: seconds since 1970, 'YYYY-MM-DD HH:MM:SS' in UTC, or +SECONDS into the capture. By default its end."
    )
    var at: Moment?

    @Option(
        help:
            "Packets before this moment do not count: the node began then. Where the capture shows by closed TCP connections that it was restarted, this need not be said."
    )
    var since: Moment?

    @Option(
        help:
            "A socket of the node, such as udp:10.0.0.1:5060; may be repeated. Contacts lose others, dialogs are refused."
    )
    var ownSocket: [String] = []

    func validate() throws {
        guard !capture.isEmpty else {
            let given = [("--node", node != nil), ("--at", at != nil), ("--since", since != nil)].first { $0.1 }
            if let given { throw ValidationError("\(given.0) goes with --capture") }
            if !ownSocket.isEmpty { throw ValidationError("--own-socket goes with --capture") }
            return
        }
        if capture.contains("-") { throw ValidationError("a capture is read twice, so '-' cannot be one") }
        if node == nil { throw ValidationError("--node is needed with --capture: whose state is it to be") }
    }

    /// Reads the capture to what the node holds.
    /// - Parameters:
    ///   - release: the release of all nodes; nil to find out.
    ///   - configure: sets what else the replica is to be.
    func state(
        release: Release?, _ configure: (inout ReplicaConfiguration) -> Void = { _ in }
    ) throws -> (replica: Replica, nodes: CaptureNodes, time: CaptureTime) {
        let nodes = try CaptureArguments.survey(capture, release)
        guard let firstTime = nodes.firstTime, let lastTime = nodes.lastTime else {
            throw CommandFailure("there is no BIN packet in \(capture.joined(separator: ", "))")
        }
        guard let name = node, let node = nodes.node(named: name) else {
            let known = nodes.nodes.map(\.name).joined(separator: ", ")
            throw CommandFailure("there is no node \(node ?? "") in the capture; there are \(known)")
        }
        var configuration = ReplicaConfiguration(release: nodes.release(of: node), seed: 0)
        configuration.ownSockets = ownSocket.isEmpty ? nil : Set(ownSocket)
        configure(&configuration)
        let time = at?.time(from: firstTime) ?? lastTime
        var state = CapturedState(
            nodes, node, configuration, since: since?.time(from: firstTime), until: time)
        try CaptureArguments.read(capture, &state)
        state.advance(to: time)
        return (state.replica, nodes, time)
    }

    /// The first walk through captures.
    static func survey(_ files: [String], _ release: Release?) throws -> CaptureNodes {
        var nodes = CaptureNodes(release: release)
        try read(files, &nodes)
        return nodes
    }

    /// Hands the packets of captures to a sink.
    static func read(_ files: [String], _ sink: inout some PacketSink) throws {
        for file in files {
            var assembler = PacketAssembler()
            do throws(CaptureError) {
                var reader = try CaptureFileReader(ByteInput(path: file))
                var progress = Progress(name: file, total: reader.totalBytes)
                defer {
                    assembler.finish(into: &sink)
                    progress.finish()
                }
                while let frame = try reader.next() {
                    assembler.receive(
                        frame: reader.bytes(of: frame), linkType: frame.linkType,
                        originalLength: frame.originalLength, at: frame.time, into: &sink)
                    progress.update(reader.offset)
                }
            } catch {
                throw CommandFailure(files.count > 1 ? "\(file): \(error)" : "\(error)")
            }
        }
    }
}

/// Why a command came to nothing, in a sentence.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A moment as a person writes it.
enum Moment: ExpressibleByArgument, Equatable {
    case absolute(CaptureTime)
    /// Nanoseconds into the capture.
    case relative(Int64)

    init?(argument: String) {
        if argument.hasPrefix("+") {
            guard let nanoseconds = Moment.nanoseconds(argument.dropFirst()) else { return nil }
            self = .relative(nanoseconds)
        } else if let nanoseconds = Moment.nanoseconds(argument[...]) ?? Moment.calendar(argument) {
            self = .absolute(CaptureTime(nanosecondsSinceEpoch: nanoseconds))
        } else {
            return nil
        }
    }

    func time(from first: CaptureTime) -> CaptureTime {
        switch self {
        case .absolute(let time): return time
        case .relative(let nanoseconds):
            let sum = first.nanosecondsSinceEpoch.addingReportingOverflow(nanoseconds)
            return CaptureTime(nanosecondsSinceEpoch: sum.overflow ? .max : sum.partialValue)
        }
    }

    /// Decimal seconds, exactly.
    private static func nanoseconds(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, let seconds = Int64(whole), seconds >= 0, whole.first != "+" else { return nil }
        var fraction: Int64 = 0
        if parts.count == 2 {
            let digits = parts[1].prefix(9)
            guard !digits.isEmpty, parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int64(digits) else {
                return nil
            }
            fraction = (0..<(9 - digits.count)).reduce(number) { value, _ in value * 10 }
        }
        let product = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let sum = product.partialValue.addingReportingOverflow(fraction)
        return product.overflow || sum.overflow ? nil : sum.partialValue
    }

    /// `2026-11-22 12:01:56.25`, with a blank or a `T` between, in UTC.
    private static func calendar(_ text: String) -> Int64? {
        let text = text.hasSuffix("Z") ? text.dropLast() : text[...]
        let halves = text.split { $0 == " " || $0 == "T" }
        guard halves.count == 2 else { return nil }
        let day = halves[0].split(separator: "-", omittingEmptySubsequences: false).compactMap { Int64($0) }
        let clock = halves[1].split(separator: ":", omittingEmptySubsequences: false)
        guard day.count == 3, (1970...2200).contains(day[0]), (1...12).contains(day[1]), (1...31).contains(day[2]),
            clock.count == 3, let hour = Int64(clock[0]), (0..<24).contains(hour), let minute = Int64(clock[1]),
            (0..<60).contains(minute), let second = nanoseconds(clock[2]), second < 61_000_000_000
        else { return nil }
        let days = CalendarTime.days(year: day[0], month: day[1], day: day[2])
        return (days * 86_400 + hour * 3600 + minute * 60) * 1_000_000_000 + second
    }
}

extension CalendarTime {
    /// Days from 1970-01-01 to a date of the Gregorian calendar.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        // Years begin in March, so that the leap day is the last.
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
