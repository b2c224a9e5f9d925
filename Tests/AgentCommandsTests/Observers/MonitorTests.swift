import Console
import HTTPTransport
import Refresher
import Testing

@testable import AgentCommands

/// What each kind of monitor is told: https://healthchecks.io/docs/http_api/, and Uptime Kuma's push monitor.
struct MonitorTests {
    private func monitor(_ address: String) throws -> Monitor { Monitor(try #require(HTTPURL(address))) }

    private func text(_ request: HTTPRequest) -> String { String(decoding: request.body, as: UTF8.self) }

    @Test(
        arguments: [
            ("https://hc-ping.com/0b1c", "https://hc-ping.com/0b1c/start", "https://hc-ping.com/0b1c/10"),
            (
                "http://hc.lan:8000/ping/k/nas/", "http://hc.lan:8000/ping/k/nas/start",
                "http://hc.lan:8000/ping/k/nas/10"
            ),
            ("https://h/k/nas?create=1", "https://h/k/nas/start?create=1", "https://h/k/nas/10?create=1"),
        ])
    func `Healthchecks is told start, success and exit status`(
        _ address: String, _ start: String, _ failed: String
    ) throws {
        let monitor = try monitor(address)
        #expect(monitor.startRequest?.url == HTTPURL(start))
        #expect(monitor.startRequest?.method == "POST")
        let success = monitor.endRequest(.example([try .example("backup")]))
        #expect(success.url == HTTPURL(address))
        #expect(success.method == "POST")
        let outcome = try RefreshOutcome.example("backup", .unknownKey)
        let failure = monitor.endRequest(.example([outcome]))
        #expect(failure.url == HTTPURL(failed))
        #expect(text(failure) == outcome.line)
    }

    @Test func `The reason why a run could not begin is in the body`() throws {
        let request = try monitor("https://hc-ping.com/0b1c").endRequest(
            .example(CommandFailure(.temporary, "another run is at work")))
        #expect(request.url.path == "/0b1c/75")
        #expect(text(request) == "another run is at work")
    }

    @Test func `A body is cut at ten thousand bytes, between two characters`() throws {
        var outcome = try RefreshOutcome.example("backup")
        outcome.warnings = [String(repeating: "größe", count: 5000)]
        let body = try monitor("https://hc-ping.com/0b1c").endRequest(.example([outcome])).body
        #expect((9_990...10_000).contains(body.count))
        #expect(String(validating: body, as: UTF8.self) != nil)
    }

    @Test func `Uptime Kuma is told the end only, instead of the values in the address that it shows`() throws {
        let monitor = try monitor("http://kuma.lan:3001/api/push/T0k?status=up&msg=OK&ping=&x=1")
        #expect(monitor.startRequest == nil)
        let up = monitor.endRequest(.example([try .example("backup")]))
        #expect(up.method == "GET")
        #expect(
            up.url.query
                == "x=1&status=up&msg=backup%3A%20holds%20AKIANEW7777777777777%2C%20version%207%20of%20%2Fkeybaton%2Fbackup"
                + "%3B%20checked%20in&ping=2500")
        let down = monitor.endRequest(.example([try .example("backup", .unavailable)]))
        #expect(down.url.query?.contains("status=down&msg=backup%3A") == true)
        var long = try RefreshOutcome.example("backup")
        long.warnings = [String(repeating: "é", count: 5000)]
        #expect((monitor.endRequest(.example([long])).url.query?.utf8.count ?? 0) < 2000)
    }
}
