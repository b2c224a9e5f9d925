import CCurl
package import FoundationEssentials

/// A whole answer; its body is never longer than the limit that was asked for.
package struct HTTPResponse: Sendable {
    package var status: Int
    /// In the order received.
    package var headers: [HTTPHeader]
    package var body: [UInt8]

    package init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of the first header of that name, compared without case; nil when there is none.
    package func header(_ name: String) -> String? { headers.firstValue(of: name) }

    /// The `Date` header: the server's clock when it answered; nil when it is missing or not a date.
    package var serverDate: Date? { date(of: "Date") }

    /// The time in a header such as `Last-Modified`; nil when it is missing or not a date.
    package func date(of name: String) -> Date? {
        // FoundationEssentials 6.3 reads ISO 8601 only.
        guard let text = header(name) else { return nil }
        let seconds = curl_getdate(text, nil)
        return seconds < 0 ? nil : Date(timeIntervalSince1970: TimeInterval(seconds))
    }
}
