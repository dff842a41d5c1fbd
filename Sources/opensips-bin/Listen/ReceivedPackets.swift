import BINCapture
import BINMessages
import BINText
import BINTransport
import BINWire
import Foundation
import NIOCore
import ServiceLifecycle
import Synchronization

/// Shows packets as they come, records them, and ends with the inbox.
final class ReceivedPackets: Service {
    enum Style {
        case lines, fields, json, nothing
    }

    private let inbox: PacketInbox
    private let style: Style
    private let filter: PacketFilter
    private let release: Release?
    private let count: Int?
    private let recorder: CaptureRecorder?
    private let received = Atomic<UInt64>(0)

    init(
        inbox: PacketInbox, style: Style, filter: PacketFilter, release: Release?, count: Int?,
        recorder: CaptureRecorder?
    ) {
        self.inbox = inbox
        self.style = style
        self.filter = filter
        self.release = release
        self.count = count
        self.recorder = recorder
    }

    /// Packets that came.
    var packets: UInt64 { received.load(ordering: .relaxed) }

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await show()
        } onGracefulShutdown: {
            self.inbox.finish()
        }
    }

    private func show() async throws {
        let output = OutputBuffer()
        let sinkStyle: InspectSink.Style =
            switch style {
            case .lines: .text(PacketText(output, Terminal(), .line))
            case .fields: .text(PacketText(output, Terminal(), .fields))
            case .json: .json(PacketJSON(output))
            case .nothing: .nothing
            }
        var sink = InspectSink(
            output, sinkStyle, filter: filter, release: release, verifies: false, statistics: false,
            flushesEachPacket: false)
        var remaining = count ?? .max
        recorder?.flush()
        for await batch in inbox {
            let origin = PacketOrigin(batch)
            for index in 0..<min(batch.count, remaining) {
                batch.withPacket(at: index) { bytes, header in
                    if style != .nothing { sink.receive(bytes, header, from: origin) }
                    recorder?.append(bytes, from: origin)
                }
            }
            let taken = min(batch.count, remaining)
            received.wrappingAdd(UInt64(taken), ordering: .relaxed)
            remaining -= taken
            output.flush()
            recorder?.flush()
            if remaining == 0 || output.isClosed || recorder?.failure != nil { break }
        }
    }
}

extension PacketOrigin {
    /// Who sent a batch to us, now.
    init(_ batch: InboundPackets) {
        let connection = batch.connection
        self.init(
            time: .now, transport: connection.transport == .udp ? .udp : .tcp,
            source: Endpoint(connection.remoteAddress), destination: Endpoint(connection.localAddress))
    }
}

extension CaptureTime {
    /// The present moment by the system's clock.
    static var now: CaptureTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return CaptureTime(nanosecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
