import NIOCore
import NIOHTTPTypes

/// Ends connections that only cost: a request or an answer that takes too long, or a body, which nobody here reads.
///
/// Hummingbird's own time-out ends idle ones and slow headers. It has none for a client that does not read its answer, and
/// a body that comes in drops would begin it anew with each.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Bytes of a body that are read and dropped; with more, the client is not listening.
    private static let bodyLimit = 64 << 10

    private let limit: TimeAmount
    private var unanswered = 0
    private var bodyBytes = 0
    private var deadline: Scheduled<Void>?

    /// - Parameter limit: from a request's headers to the last byte of its answer.
    init(limit: TimeAmount) {
        self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            unanswered += 1
            bodyBytes = 0
            if unanswered == 1 { begin(context) }
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
            if bodyBytes > Self.bodyLimit { context.close(promise: nil) }
            return
        case .end: break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        let promise = promise ?? context.eventLoop.makePromise()
        promise.futureResult.assumeIsolated().whenComplete { _ in
            self.deadline?.cancel()
            self.unanswered -= 1
            if self.unanswered > 0 { self.begin(context) }
        }
        context.write(data, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    private func begin(_ context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { context.close(promise: nil) }
    }
}
