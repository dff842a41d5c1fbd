import BINCapture
import BINText
import BINTransport
import BINWire

/// Sends the packets of a capture at the wanted speed.
actor ReplaySession {
    /// What was not sent.
    struct Result: Sendable {
        /// Packets that this target cannot take.
        var leftOut = 0
        /// Why the capture could not be read to its end.
        var failure: String?
    }

    private(set) var result = Result()
    private var next: ReplaySink.Packet?
    private var sink: ReplaySink
    private var reading: CaptureReading
    private let speed: ReplaySpeed

    init(files: [String], filter: PacketFilter, rewrite: NodeRewrite, speed: ReplaySpeed) {
        sink = ReplaySink(filter: filter, rewrite: rewrite)
        reading = CaptureReading(files: files)
        self.speed = speed
    }

    /// Reads up to the first packet, and says its framing; nil when there is none.
    func begin() throws(CaptureError) -> Framing? {
        next = try reading.next(&sink)
        return next?.header.framing
    }

    /// Sends everything, or until somebody interrupts.
    func send(to outlet: any PacketOutlet) async throws(SendError) {
        let began = ContinuousClock.now
        let firstTime = next?.time.nanosecondsSinceEpoch ?? 0
        while let packet = next, !Interruption.isRequested {
            let elapsed = packet.time.nanosecondsSinceEpoch.subtractingReportingOverflow(firstTime)
            if !elapsed.overflow, let due = speed.due(elapsed.partialValue) { await wait(until: began + due) }
            if Interruption.isRequested { return }
            await send(packet, to: outlet)
            do throws(CaptureError) {
                next = try reading.next(&sink)
            } catch {
                result.failure = "\(error)"
                return
            }
            if result.failure != nil { return }
        }
    }

    private func send(_ packet: ReplaySink.Packet, to outlet: any PacketOutlet) async {
        guard packet.header.framing == outlet.framing else {
            leaveOut(packet, "its framing is \(packet.header.framing), that of the first packet is \(outlet.framing)")
            return
        }
        do throws(SendError) {
            try await outlet.send(packet.bytes)
        } catch {
            switch error {
            case .tooLong, .refused: leaveOut(packet, "\(error)")
            case .closed, .cancelled, .queueFull, .failed: result.failure = "\(error)"
            }
        }
    }

    private func leaveOut(_ packet: ReplaySink.Packet, _ reason: String) {
        result.leftOut += 1
        Terminal.complain("a packet of \(packet.bytes.count) bytes is left out: \(reason)")
    }

    /// Waits in short steps, so that an interruption is seen.
    private func wait(until due: ContinuousClock.Instant) async {
        while ContinuousClock.now < due, !Interruption.isRequested {
            let step = min(due, ContinuousClock.now + .milliseconds(100))
            try? await Task.sleep(until: step, tolerance: .zero, clock: .continuous)
        }
    }
}
