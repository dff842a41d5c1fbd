import BINCapture
import BINText
import BINWire
import Foundation
import Synchronization

/// Writes packets to a capture file while they come.
final class CaptureRecorder: Sendable {
    /// Why the file could not be written.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct State {
        var writer: CaptureFileWriter
        var failure: Failure?
    }

    private let path: String
    private let file: FileHandle
    private let state: Mutex<State>

    /// Creates the file, or empties it.
    init(path: String) throws(Failure) {
        self.path = path
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw Failure(description: "\(path) cannot be written") }
        self.file = file
        var options = CaptureFileWriter.Options()
        options.keepsNanoseconds = true
        state = Mutex(State(writer: CaptureFileWriter(options)))
    }

    /// What went wrong; from then on nothing is written.
    var failure: Failure? { state.withLock { $0.failure } }

    /// Keeps a packet for the next ``flush()``.
    func append(_ packet: RawSpan, from origin: PacketOrigin) {
        state.withLock { state in
            guard state.failure == nil else { return }
            do throws(CaptureError) {
                try state.writer.append(packet, from: origin)
            } catch {
                // A packet between addresses of two families; it is shown, and said to be missing in the file.
                Terminal.complain("\(path): a packet from \(origin.source) is left out: \(error)")
            }
        }
    }

    /// Writes what was kept.
    func flush() {
        state.withLock { state in
            guard state.failure == nil else { return }
            do {
                try file.write(contentsOf: Data(state.writer.takeBytes()))
            } catch {
                let failure = Failure(description: "\(path) cannot be written: \(error.localizedDescription)")
                Terminal.complain("\(failure)")
                state.failure = failure
            }
        }
    }
}
