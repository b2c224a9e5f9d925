package import Console
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// The dashboard over HTTP, for as long as the process is not told to end.
package struct DashboardServer: Sendable {
    /// What one client, and all of them together, may take.
    package struct Limits: Sendable {
        package var connections = 256
        /// Without a whole request.
        package var idle: Duration = .seconds(15)
        /// From a request to the last byte of its answer.
        package var exchange: Duration = .seconds(60)
        /// Of one header, and of the request's line.
        package var header = 8 << 10
        package var headers = 16 << 10
        package var headerCount = 64
        /// For what is under way when the process is told to end.
        package var drain: Duration = .seconds(5)

        package init() {}
    }

    private let listen: ListenAddress
    private let responder: Responder
    private let limits: Limits
    private let context: CommandContext

    package init(
        listen: ListenAddress, source: SnapshotSource, access: Access, limits: Limits = Limits(),
        context: CommandContext
    ) {
        self.listen = listen
        self.responder = Responder(source: source, access: access)
        self.limits = limits
        self.context = context
    }

    /// Returns after SIGTERM or SIGINT, when what was under way is done.
    ///
    /// - Parameter onListening: where it listens, with the port that the system chose.
    package func run(onListening: @escaping @Sendable (ListenAddress) -> Void) async throws {
        let logger = Logger(label: "keybaton-dashboard") { _ in ConsoleLogHandler(context: context) }
        let (listen, limits) = (listen, limits)
        let exchange = TimeAmount(limits.exchange)
        let connections = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(limit: exchange)], idleTimeout: TimeAmount(limits.idle),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.header, maxHeaderListSize: limits.headers,
                maxHeaderFieldCount: limits.headerCount))
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder {
                ConnectionSetup(http: HTTP1Channel(responder: $0, configuration: connections))
            },
            configuration: ApplicationConfiguration(
                address: listen.bindAddress,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: logger)),
            onServerRunning: { channel in onListening(listen.with(port: channel.localAddress?.port)) },
            logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = limits.drain
        try await ServiceGroup(configuration: configuration).run()
    }
}

extension ListenAddress {
    fileprivate var bindAddress: BindAddress {
        switch self {
        case .tcp(let host, let port): .hostname(host, port: port)
        case .unix(let path): .unixDomainSocket(path: path)
        }
    }

    fileprivate func with(port: Int?) -> ListenAddress {
        guard case .tcp(let host, _) = self, let port else { return self }
        return .tcp(host: host, port: port)
    }
}
