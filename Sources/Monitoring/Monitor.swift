import AWS
import Console
package import FoundationEssentials
package import HTTPTransport

/// How a run ended, for a monitor.
package struct MonitoredRun: Sendable {
    package var startedAt: Date
    package var finishedAt: Date
    package var exitCode: Int32
    /// What the log says of it: without secrets and control characters.
    package var lines: [String]

    package init(startedAt: Date, finishedAt: Date, exitCode: Int32, lines: [String]) {
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.exitCode = exitCode
        self.lines = lines
    }

    fileprivate var hasSucceeded: Bool { exitCode == 0 }
}

/// A monitor that waits to hear of every run, and raises an alarm when it does not: its address, and what it takes.
///
/// Whoever knows the address can speak for this host, so no message shows more of it than the host.
package struct Monitor: Sendable, Equatable {
    private enum Service: Equatable {
        /// https://healthchecks.io/docs/http_api/
        case healthchecks
        /// A monitor of the type "push", known by its path: https://github.com/louislam/uptime-kuma
        case uptimeKuma
    }

    /// What Healthchecks has kept of a body in all its versions.
    private static let longestBody = 10_000
    /// A line or two in Uptime Kuma's list, and far from any server's limit of an address.
    private static let longestMessage = 500

    private let service: Service
    private let url: HTTPURL
    /// Who tells it.
    private let program: String

    /// - Parameter program: its name, for the monitor's log.
    package init(_ url: HTTPURL, program: String) {
        service = url.path.contains("/api/push/") ? .uptimeKuma : .healthchecks
        self.url = url
        self.program = program
    }

    package var host: String { url.host }

    /// Nil where the monitor does not want to hear of it.
    package var startRequest: HTTPRequest? {
        switch service {
        case .healthchecks: request("POST", appending("start"))
        case .uptimeKuma: nil
        }
    }

    package func endRequest(_ run: MonitoredRun) -> HTTPRequest {
        let text = run.lines.joined(separator: "\n")
        switch service {
        case .healthchecks:
            let end = run.hasSucceeded ? url : appending("\(run.exitCode)")
            return request("POST", end, body: text.prefix(bytes: Self.longestBody))
        case .uptimeKuma:
            let milliseconds = Int(max(run.finishedAt.timeIntervalSince(run.startedAt), 0) * 1000)
            return request(
                "GET",
                setting([
                    ("status", run.hasSucceeded ? "up" : "down"),
                    ("msg", text.prefix(bytes: Self.longestMessage)), ("ping", "\(milliseconds)"),
                ]))
        }
    }

    private func appending(_ component: String) -> HTTPURL {
        var url = url
        url.path += (url.path.hasSuffix("/") ? "" : "/") + component
        return url
    }

    /// Uptime Kuma shows the address with values in it, which are replaced.
    private func setting(_ values: [(name: String, value: String)]) -> HTTPURL {
        let kept = (url.query ?? "").split(separator: "&").filter { item in
            !values.contains { item == $0.name || item.hasPrefix("\($0.name)=") }
        }
        let new = values.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }
        var url = url
        url.query = (kept.map(String.init) + new).joined(separator: "&")
        return url
    }

    private func request(_ method: String, _ url: HTTPURL, body: String = "") -> HTTPRequest {
        var headers = [HTTPHeader("User-Agent", "\(program)/\(keybatonVersion)")]
        if !body.isEmpty { headers.append(HTTPHeader("Content-Type", "text/plain; charset=utf-8")) }
        return HTTPRequest(method: method, url: url, headers: headers, body: Array(body.utf8))
    }
}

extension String {
    /// As many whole characters as fit.
    fileprivate func prefix(bytes limit: Int) -> String {
        var size = 0
        return String(
            prefix { character in
                size += character.utf8.count
                return size <= limit
            })
    }
}
