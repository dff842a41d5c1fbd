import BINCapture
import Foundation
import Testing

@Suite struct LiveCaptureTests {
    @Test func `an interface that does not exist is an error, with or without libpcap`() {
        do throws(CaptureError) {
            _ = try LiveCapture(interface: "no-such-interface")
            Issue.record("it was opened")
        } catch {
            switch error {
            case .libpcapMissing: break
            case .liveCapture(let interface, let reason):
                #expect(interface == "no-such-interface")
                #expect(!reason.isEmpty)
            default: Issue.record("\(error)")
            }
        }
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["BIN_LIVE_CAPTURE"] != nil))
    func `a datagram sent to the loopback interface is captured`() throws {
        #if os(macOS)
            let interface = "lo0"
        #else
            let interface = "lo"
        #endif
        #expect(throws: CaptureError.self) { _ = try LiveCapture(interface: interface, filter: "no such filter") }
        var capture = try LiveCapture(interface: interface, filter: "udp port 45555")
        #expect(try capture.next(timeoutMilliseconds: 50) == nil)
        let packet = Sample.packet2_1()
        try send(packet, port: 45_555)
        var assembler = PacketAssembler()
        var sink = Collector()
        for _ in 0..<20 where sink.packets.isEmpty {
            guard let frame = try capture.next(timeoutMilliseconds: 200) else { continue }
            assembler.receive(
                frame: capture.bytes(of: frame), linkType: frame.linkType, originalLength: frame.originalLength,
                at: frame.time, into: &sink)
        }
        #expect(sink.contents.first == packet)
        #expect(capture.droppedFrames == 0)
        let age =
            Date().timeIntervalSince1970 * 1e9 - Double(sink.packets.first?.origin.time.nanosecondsSinceEpoch ?? 0)
        #expect(abs(age) < 60e9)
    }

    private func send(_ bytes: [UInt8], port: UInt16) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        let text = bytes.map { "\\x" + String(0x100 + Int($0), radix: 16).dropFirst() }.joined()
        process.arguments = ["-c", "printf '\(text)' > /dev/udp/127.0.0.1/\(port)"]
        try process.run()
        process.waitUntilExit()
    }
}
