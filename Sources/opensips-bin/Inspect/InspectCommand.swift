import ArgumentParser
import BINCapture
import BINMessages
import BINText
import BINWire

/// `opensips-bin inspect`: what captured packets say.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what captured or live BIN traffic says, packet by packet.",
        discussion: """
            Reads pcap and pcapng files; '-' is standard input. Streams and datagrams are recognised by what they \
            contain, so no port need be given.

            A filter is one or more terms joined by '&&': key=value, also != ~ (contains) < > <= >=. Keys are \
            capability, message, type, version, layout, node, cluster, source, destination and every field name. \
            '*' stands for any text and '|' separates alternatives: --filter 'message=contact-*' --filter aor=alice

            Exit status: 0 every packet was decoded to its last byte, 1 a file could not be read, \
            2 wrong use, 3 at least one packet was not decoded to its last byte.
            """)

    @Argument(help: "Capture files; '-' is standard input.")
    var files: [String] = []

    @Option(name: .shortAndLong, help: "Capture live from this network interface (needs libpcap and permission).")
    var interface: String?

    @Option(help: "Only packets from or to this port; may be repeated.")
    var port: [UInt16] = []

    @Option(help: "A capture filter in pcap's language, for --interface.")
    var bpf: String?

    @Flag(name: .shortAndLong, help: "Show all fields.")
    var verbose = false

    @Flag(name: [.customShort("x"), .customLong("hex")], help: "Show all bytes, each beside the field it belongs to.")
    var hex = false

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Flag(help: "Print counts by capability, type and version, and the releases that fit each node.")
    var stats = false

    @Option(name: .shortAndLong, help: "Show only packets that pass; may be repeated, then all must pass.")
    var filter: [String] = []

    @Option(help: "Take all senders to run this release, such as 3.4.18 or 3.4, instead of finding out.")
    var release: String?

    @Flag(help: "Encode every packet anew from its fields; a difference counts as an error.")
    var verify = false

    func validate() throws {
        if files.isEmpty, interface == nil {
            throw ValidationError("name a capture file, '-' for standard input, or --interface")
        }
        if !files.isEmpty, interface != nil {
            throw ValidationError("--interface captures live; it cannot be combined with files")
        }
        if bpf != nil, interface == nil { throw ValidationError("--bpf works with --interface only") }
        if json, verbose || hex { throw ValidationError("--json shows all fields; -v and -x do not go with it") }
        if files.filter({ $0 == "-" }).count > 1 { throw ValidationError("'-' can be given only once") }
        if let release { _ = try Release(argument: release) }
        do {
            _ = try PacketFilter(filter)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() throws {
        Interruption.ignoreBrokenPipes()
        let output = OutputBuffer()
        var sink = InspectSink(
            output, style(output), filter: try PacketFilter(filter), release: release.flatMap { Release($0) },
            verifies: verify, statistics: stats, flushesEachPacket: interface != nil)
        var isReadable = true
        if let interface {
            Interruption.watch()
            isReadable = capture(interface, output, &sink)
        } else {
            for (index, file) in files.enumerated() {
                if index > 0 { sink.beginNextCapture() }
                if !read(file, output, &sink) { isReadable = false }
                if output.isClosed { break }
            }
        }
        if let statistics = sink.statistics {
            if json {
                statistics.printJSON(sink.interpreter, to: output)
            } else {
                statistics.print(sink.interpreter, to: output)
            }
        }
        output.flush()
        if verify { Terminal.complain("\(sink.packets) packets verified, \(sink.failures) not reproduced") }
        if !isReadable { throw ExitCode(1) }
        if sink.failures > 0 { throw ExitCode(3) }
    }

    private func style(_ output: OutputBuffer) -> InspectSink.Style {
        if stats { return .nothing }
        if json { return .json(PacketJSON(output)) }
        return .text(PacketText(output, Terminal(), hex ? .bytes : verbose ? .fields : .line))
    }

    /// Reads one file to its end; false when it could not be read.
    private func read(_ file: String, _ output: OutputBuffer, _ sink: inout InspectSink) -> Bool {
        var assembler = PacketAssembler(ports: port.isEmpty ? nil : Set(port))
        do throws(CaptureError) {
            let input = file == "-" ? ByteInput(descriptor: 0, name: "standard input") : try ByteInput(path: file)
            var reader = try CaptureFileReader(input)
            var progress = Progress(name: file, total: reader.totalBytes)
            defer {
                assembler.finish(into: &sink)
                progress.finish()
            }
            while let frame = try reader.next() {
                assembler.receive(
                    frame: reader.bytes(of: frame), linkType: frame.linkType, originalLength: frame.originalLength,
                    at: frame.time, into: &sink)
                progress.update(reader.offset)
                if output.isClosed { return true }
            }
        } catch {
            output.flush()
            Terminal.complain(files.count > 1 || file != "-" ? "\(file): \(error)" : "\(error)")
            return false
        }
        if assembler.counters.packets == 0, assembler.counters.refused == 0 {
            Terminal.complain("\(file): no BIN packet among \(assembler.counters.frames) frames")
        }
        return true
    }

    /// Captures until interrupted; false when that was not possible.
    private func capture(_ interface: String, _ output: OutputBuffer, _ sink: inout InspectSink) -> Bool {
        var assembler = PacketAssembler(ports: port.isEmpty ? nil : Set(port))
        let portFilter = port.map { "port \($0)" }.joined(separator: " or ")
        let expression = [bpf.map { "(\($0))" }, portFilter.isEmpty ? nil : "(\(portFilter))"].compactMap { $0 }
            .joined(separator: " and ")
        do throws(CaptureError) {
            var live = try LiveCapture(interface: interface, filter: expression)
            while !Interruption.isRequested, !output.isClosed {
                guard let frame = try live.next(timeoutMilliseconds: 200) else { continue }
                assembler.receive(
                    frame: live.bytes(of: frame), linkType: frame.linkType, originalLength: frame.originalLength,
                    at: frame.time, into: &sink)
            }
        } catch {
            Terminal.complain("\(error)")
            return false
        }
        return true
    }
}
