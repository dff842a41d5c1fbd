import NIOCore
import Synchronization

/// The first reason for which a connection is being closed; what follows from closing it does not count.
final class CloseReasonBox: Sendable {
    private let reason = Mutex<CloseReason?>(nil)

    func set(_ value: CloseReason) {
        reason.withLock { if $0 == nil { $0 = value } }
    }

    /// The reason; the peer, if nothing else was said.
    var value: CloseReason { reason.withLock { $0 } ?? .peer }
}

/// The last handler of a connection: keeps errors from ending as log lines of the framework, and closes.
final class ErrorHandler: ChannelInboundHandler {
    typealias InboundIn = Never

    private let closing: CloseReasonBox
    private let onError: (any Error) -> Void

    init(closing: CloseReasonBox, onError: @escaping (any Error) -> Void) {
        self.closing = closing
        self.onError = onError
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        closing.set(CloseReason(error: error))
        onError(error)
        context.close(promise: nil)
    }
}
