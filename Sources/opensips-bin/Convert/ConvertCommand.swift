import ArgumentParser
import BINCapture
import BINMessages
import BINText
import BINWire
import Foundation

/// `opensips-bin convert`: JSON lines to packets.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Turn JSON lines, as inspect --json prints them, into packets.",
        discussion: """
            A line needs capability, type and fields; framing (2.3), version, layout, routing, time, transport, source \
            and destination may be given. Packets go to a capture with --pcap, or one behind the other with --raw.

            opensips-bin inspect --json X.pcap | opensips-bin convert --pcap Y.pcap -

            Exit status: 0 all lines became packets, 1 a file could not be read or written, 2 wrong use, \
            3 at least one line became no packet; the others were written.
            """)

    @Argument(help: "The JSON lines; '-' is standard input.")
    var input: String

    @Option(help: "Write a capture to this file; '-' is standard output.")
    var pcap: String?

    @Option(help: "Write the packets, one behind the other, to this file; '-' is standard output.")
    var raw: String?

    func validate() throws {
        if (pcap == nil) == (raw == nil) { throw ValidationError("name one target: --pcap FILE or --raw FILE") }
    }

    func run() throws {
        Interruption.ignoreBrokenPipes()
        let text: Data
        do {
            text =
                try input == "-"
                ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(fileURLWithPath: input))
        } catch {
            Terminal.complain("\(input) cannot be read: \(error.localizedDescription)")
            throw ExitCode(1)
        }
        var failures = 0
        let bytes = convert(text, &failures)
        try write(bytes)
        if failures > 0 { throw ExitCode(3) }
    }

    /// All lines that make a packet; the others are named.
    private func convert(_ text: Data, _ failures: inout Int) -> [UInt8] {
        let composer = PacketComposer()
        var options = CaptureFileWriter.Options()
        options.keepsNanoseconds = true
        var writer = CaptureFileWriter(options)
        var raw: [UInt8] = []
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do {
                let composed = try composer.compose(try JSONParser.parse(Array(line)))
                if pcap != nil {
                    try writer.append(composed.bytes.span.bytes, from: composed.origin)
                } else {
                    raw += composed.bytes
                }
            } catch {
                failures += 1
                Terminal.complain("line \(index + 1): \(error)")
            }
        }
        return pcap != nil ? writer.takeBytes() : raw
    }

    private func write(_ bytes: [UInt8]) throws {
        let target = pcap ?? raw ?? "-"
        do {
            if target == "-" {
                try FileHandle.standardOutput.write(contentsOf: Data(bytes))
            } else {
                try Data(bytes).write(to: URL(fileURLWithPath: target), options: .atomic)
            }
        } catch {
            Terminal.complain("\(target) cannot be written: \(error.localizedDescription)")
            throw ExitCode(1)
        }
    }
}
