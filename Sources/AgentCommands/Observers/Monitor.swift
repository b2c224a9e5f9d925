import AWS
import Console
import FoundationEssentials
import HTTPTransport

/// A monitor that waits to hear of every run, and raises an alarm when it does not: its address, and what it takes.
///
/// Whoever knows the address can speak for this host, so no message shows more of it than the host.
struct Monitor: Sendable, Equatable {
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

    init(_ url: HTTPURL) {
        service = url.path.contains("/api/push/") ? .uptimeKuma : .healthchecks
        self.url = url
    }

    var host: String { url.host }

    /// Nil where the monitor does not want to hear of it.
    var startRequest: HTTPRequest? {
        switch service {
        case .healthchecks: request("POST", appending("start"))
        case .uptimeKuma: nil
        }
    }

    func endRequest(_ summary: RunSummary) -> HTTPRequest {
        let text = summary.lines.joined(separator: "\n")
        switch service {
        case .healthchecks:
            let end = summary.status == .success ? url : appending("\(summary.status.rawValue)")
            return request("POST", end, body: text.prefix(bytes: Self.longestBody))
        case .uptimeKuma:
            let milliseconds = Int(max(summary.finishedAt.timeIntervalSince(summary.startedAt), 0) * 1000)
            return request(
                "GET",
                setting([
                    ("status", summary.status == .success ? "up" : "down"),
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
        var headers = [HTTPHeader("User-Agent", "keybaton-agent/\(keybatonVersion)")]
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
