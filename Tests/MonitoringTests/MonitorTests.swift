import FoundationEssentials
import HTTPTransport
import Monitoring
import Testing

extension MonitoredRun {
    /// A run of two and a half seconds.
    static func example(_ lines: String..., exitCode: Int32 = 0) -> MonitoredRun {
        MonitoredRun(
            startedAt: Date(timeIntervalSince1970: 1_790_000_000),
            finishedAt: Date(timeIntervalSince1970: 1_790_000_002.5), exitCode: exitCode, lines: lines)
    }
}

/// What each kind of monitor is told: https://healthchecks.io/docs/http_api/, and Uptime Kuma's push monitor.
struct MonitorTests {
    private func monitor(_ address: String) throws -> Monitor {
        Monitor(try #require(HTTPURL(address)), program: "keybaton")
    }

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
        #expect(monitor.startRequest?.header("User-Agent")?.hasPrefix("keybaton/") == true)
        let success = monitor.endRequest(.example("backup: holds NEW"))
        #expect(success.url == HTTPURL(address))
        #expect(success.method == "POST")
        let failure = monitor.endRequest(.example("backup: a person must look", "media: well", exitCode: 10))
        #expect(failure.url == HTTPURL(failed))
        #expect(text(failure) == "backup: a person must look\nmedia: well")
    }

    @Test func `A body is cut at ten thousand bytes, between two characters`() throws {
        let run = MonitoredRun.example(String(repeating: "größe", count: 5000))
        let body = try monitor("https://hc-ping.com/0b1c").endRequest(run).body
        #expect((9_990...10_000).contains(body.count))
        #expect(String(validating: body, as: UTF8.self) != nil)
    }

    @Test func `Uptime Kuma is told the end only, instead of the values in the address that it shows`() throws {
        let monitor = try monitor("http://kuma.lan:3001/api/push/T0k?status=up&msg=OK&ping=&x=1")
        #expect(monitor.startRequest == nil)
        let up = monitor.endRequest(.example("backup: holds AKIANEW7777777777777; checked in"))
        #expect(up.method == "GET")
        #expect(
            up.url.query == "x=1&status=up&msg=backup%3A%20holds%20AKIANEW7777777777777%3B%20checked%20in&ping=2500")
        let down = monitor.endRequest(.example("backup: no network", exitCode: 69))
        #expect(down.url.query?.contains("status=down&msg=backup%3A") == true)
        let long = MonitoredRun.example(String(repeating: "é", count: 5000))
        #expect((monitor.endRequest(long).url.query?.utf8.count ?? 0) < 2000)
    }
}
