import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// Connections of HTTP/1 that may be dropped before anybody serves them.
///
/// Some are whenever the server stops: accepted, and not yet handed on. NIO takes that for a mistake of the program and ends
/// the process, https://github.com/apple/swift-nio/issues/2637.
struct ConnectionSetup: ServerChildChannel {
    let http: HTTP1Channel

    /// Closes the connection when it goes without having been taken.
    final class Value: ServerChildChannelValue {
        let channel: any Channel
        private let connection: Mutex<HTTP1Channel.Value?>

        init(_ connection: HTTP1Channel.Value) {
            channel = connection.channel
            self.connection = Mutex(connection)
        }

        deinit {
            guard let connection = take() else { return }
            Task { try? await connection.executeThenClose { _, _ in } }
        }

        /// Nil the second time.
        func take() -> HTTP1Channel.Value? {
            connection.withLock { connection in
                defer { connection = nil }
                return connection
            }
        }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        http.setup(channel: channel, logger: logger).map { Value($0) }
    }

    func handle(value: Value, logger: Logger) async {
        guard let connection = value.take() else { return }
        await http.handle(value: connection, logger: logger)
    }
}
