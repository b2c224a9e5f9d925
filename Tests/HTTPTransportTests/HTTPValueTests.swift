import FoundationEssentials
import HTTPTransport
import Testing

@Suite struct HTTPValueTests {
    @Test("headers are found in any case, the first one wins")
    func headers() {
        let response = HTTPResponse(status: 200, headers: [HTTPHeader("ETag", "1"), HTTPHeader("etag", "2")])
        #expect(response.header("ETAG") == "1" && response.header("X") == nil)
    }

    @Test(
        "dates are those of HTTP, or nil",
        arguments: [
            ("Sat, 21 Nov 2026 08:10:47 GMT", 1_795_248_647.0), ("Saturday, 21-Nov-26 08:10:47 GMT", 1_795_248_647),
            ("soon", nil), ("", nil),
        ])
    func dates(text: String, seconds: Double?) {
        let response = HTTPResponse(status: 200, headers: [HTTPHeader("Date", text)])
        #expect(response.serverDate == seconds.map { Date(timeIntervalSince1970: $0) })
    }

    @Test("no rendering shows a header's value, a query or a body")
    func redaction() {
        let url = HTTPURL(scheme: "https", host: "example.com", query: "X-Amz-Signature=hunter2")
        let headers = [HTTPHeader("X-Amz-Security-Token", "hunter2")]
        let body = Array("hunter2".utf8)
        let request = HTTPRequest(method: "GET", url: url, headers: headers, body: body)
        let response = HTTPResponse(status: 200, headers: headers, body: body)
        var text = "\(request) \(response) \(headers) \(String(reflecting: [request])) \(String(reflecting: response))"
        dump([request], to: &text)
        dump(response, to: &text)
        dump(headers, to: &text)
        // As text, and as the numbers that an array of bytes prints.
        #expect(text.contains("example.com") && !text.contains("hunter2") && !text.contains("104"))
    }
}
