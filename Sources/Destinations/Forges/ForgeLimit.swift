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
            pause = .seconds(max(seconds, 0))
        } else if let until = response.date(of: "Retry-After") {
            // By the server's clock where it tells it: this machine's may be wrong.
            pause = .seconds(max(until.timeIntervalSince(response.serverDate ?? Date()), 0))
        }
    }
}
