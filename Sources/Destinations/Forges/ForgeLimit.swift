import FoundationEssentials
import HTTPTransport

/// A service's word that it takes no more requests for now.
struct ForgeLimit: Hashable, Sendable {
    /// Nil when it does not say for how long.
    var pause: Duration?

    init(pause: Duration?) {
        self.pause = pause
    }

    /// Reads `Retry-After`, which is a number of seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    init(_ response: HTTPResponse) {
        let header = response.header("Retry-After")?.filter { $0 != " " } ?? ""
        if let seconds = Int(header) {
            self.init(seconds: seconds)
        } else if let until = response.date(of: "Retry-After") {
            self.init(until: until, response)
        } else {
            self.init(pause: nil)
        }
    }

    /// A time that a header names, by the server's clock where it tells that: this machine's may be wrong.
    init(until: Date, _ response: HTTPResponse) {
        let seconds = until.timeIntervalSince(response.serverDate ?? Date())
        self.init(seconds: Int(exactly: seconds.rounded(.up)) ?? 0)
    }

    private init(seconds: Int) {
        // Nobody limits for longer than a day; a header's nonsense must not become a date.
        pause = .seconds(min(max(seconds, 0), 24 * 3600))
    }
}
