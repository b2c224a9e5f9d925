package import HTTPTransport

/// Tells a monitor when a run starts and how it ends.
package struct Ping: Sendable {
    /// Long enough for a slow line, and short enough for a run that waits for it.
    private static let limits = HTTPLimits(
        connectTimeout: .seconds(10), totalTimeout: .seconds(10), maximumBodySize: 64 << 10)
    /// Between the attempts to tell the end. The start is told once: a monitor only measures the run with it.
    private static let pauses: [Duration] = [.seconds(1), .seconds(4)]

    private let monitor: Monitor
    private let sender: any HTTPSender
    private let sleep: @Sendable (Duration) async throws -> Void

    package init(
        _ monitor: Monitor, sender: any HTTPSender,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.monitor = monitor
        self.sender = sender
        self.sleep = sleep
    }

    /// Over a transport of its own: a CA bundle that is given for AWS says nothing of a monitor.
    package init(_ monitor: Monitor, environment: [String: String]) throws {
        let environment = environment.filter { !$0.key.hasPrefix("AWS_") }
        self.init(monitor, sender: try CurlTransport(environment: environment, allowsPlainHTTP: true))
    }

    package func start() async throws {
        if let request = monitor.startRequest { try await send(request, pauses: []) }
    }

    package func end(_ run: MonitoredRun) async throws {
        try await send(monitor.endRequest(run), pauses: Self.pauses)
    }

    private func send(_ request: HTTPRequest, pauses: [Duration]) async throws {
        var pauses = pauses[...]
        while true {
            let failure: PingFailure
            do throws(HTTPError) {
                let answer = try await sender.send(request, limits: Self.limits)
                if (200...299).contains(answer.status) { return }
                failure = PingFailure(answer, monitor)
            } catch {
                failure = PingFailure(error, monitor)
            }
            guard failure.mayPass, let pause = pauses.popFirst() else { throw failure }
            try await sleep(pause)
        }
    }
}

/// Why a monitor does not know how a run went.
package struct PingFailure: Error, CustomStringConvertible {
    package let description: String
    /// Whether another attempt may succeed.
    let mayPass: Bool

    fileprivate init(_ answer: HTTPResponse, _ monitor: Monitor) {
        let advice =
            switch answer.status {
            case 300...399: "it has moved; set ping to where it is now, which may be the same with https"
            case 400...499: "it does not know this address; compare ping in the configuration with what it shows"
            default: "look at the monitor"
            }
        description = "the monitor at \(monitor.host) answered \(answer.status): \(advice)"
        mayPass = answer.status == 429 || answer.status >= 500
    }

    fileprivate init(_ error: HTTPError, _ monitor: Monitor) {
        description = "the monitor at \(monitor.host) was not reached: \(error.message)"
        mayPass =
            switch error.code {
            case .resolve, .connect, .timeout, .connectionLost, .other: true
            case .tls, .bodyTooLarge, .malformed, .refusedScheme, .cancelled, .configuration: false
            }
    }
}
