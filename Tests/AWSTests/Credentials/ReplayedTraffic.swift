import AWS
import FoundationEssentials
import HTTPTransport

/// Answers requests from a recording, in order, and keeps what differs from it.
actor ReplayedTraffic: HTTPSender {
    struct Exchange: Sendable {
        var method: String
        var url: String
        var headers: [String: String]
        var requestBody: String
        var status: Int
        var responseBody: String
    }

    private var remaining: [Exchange]
    /// What the requests can know: values of the recording that do not occur here come from another run and are not
    /// compared (the recordings of some cases were taken with other roles and tokens than their own files hold).
    private var known: String
    private(set) var differences: [String] = []

    init(_ exchanges: [Exchange], known: String) {
        remaining = exchanges
        self.known = known
    }

    var unused: Int { remaining.count }

    func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
        guard !remaining.isEmpty else {
            differences.append("a request that was not recorded: \(request.method) \(request.url)")
            return HTTPResponse(status: 418)
        }
        let recorded = remaining.removeFirst()
        compare("method", request.method, recorded.method)
        compare("URL", request.url.description, HTTPURL(recorded.url)?.description ?? recorded.url)
        // Without a charset, which only some of the recorded clients sent.
        if let type = recorded.headers["content-type"] {
            compare("content-type", request.header("content-type")?.split(separator: ";").first.map(String.init), type)
        }
        for name in ["accept", "x-aws-ec2-metadata-token", "x-aws-ec2-metadata-token-ttl-seconds"] {
            if let value = recorded.headers[name] { compare(name, request.header(name), value) }
        }
        compareSignature(request, recorded)
        compareForm(request, recorded)
        known += recorded.responseBody
        return HTTPResponse(status: recorded.status, body: Array(recorded.responseBody.utf8))
    }

    private func compare(_ what: String, _ value: String?, _ recorded: String) {
        if value != recorded { differences.append("\(what): \(value ?? "none") instead of \(recorded)") }
    }

    private func compareSignature(_ request: HTTPRequest, _ recorded: Exchange) {
        // The token of a container is an Authorization header too; the recordings leave it out.
        let authorization = request.header("authorization").flatMap { $0.hasPrefix("AWS4-") ? $0 : nil }
        guard let expected = recorded.headers["authorization"] else {
            if authorization != nil { differences.append("signed, though the recording is not") }
            return
        }
        guard let id = Self.accessKeyID(authorization ?? ""), let recordedID = Self.accessKeyID(expected) else {
            differences.append("not signed")
            return
        }
        if known.contains(recordedID) { compare("access key id", id, recordedID) }
        let hasToken = request.header("x-amz-security-token") != nil
        if hasToken != (recorded.headers["x-amz-security-token"] != nil) {
            differences.append("session token: \(hasToken)")
        }
    }

    private func compareForm(_ request: HTTPRequest, _ recorded: Exchange) {
        let form = Self.form(String(decoding: request.body, as: UTF8.self))
        let expected = Self.form(recorded.requestBody)
        compare("form", form.keys.sorted().joined(separator: ","), expected.keys.sorted().joined(separator: ","))
        for (name, value) in expected where ["Action", "Version"].contains(name) || known.contains(value) {
            compare(name, form[name], value)
        }
    }

    private static func accessKeyID(_ authorization: String) -> String? {
        authorization.split(separator: "Credential=").dropFirst().first?.split(separator: "/").first.map(String.init)
    }

    private static func form(_ body: String) -> [String: String] {
        var form: [String: String] = [:]
        for pair in body.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            form[String(parts[0])] = String(parts.last ?? "")
                .split(separator: "%3A", omittingEmptySubsequences: false).joined(separator: ":")
                .split(separator: "%2F", omittingEmptySubsequences: false).joined(separator: "/")
        }
        return form
    }
}

extension ReplayedTraffic {
    private struct Recording: Decodable {
        struct Event: Decodable {
            struct Action: Decodable {
                struct Sent: Decodable { let request: Request }
                struct Request: Decodable {
                    let uri: String
                    let headers: [String: [String]]
                    let method: String
                }
                struct Received: Decodable { let response: Outcome }
                struct Outcome: Decodable { let Ok: Response }
                struct Response: Decodable { let status: Int }
                struct Chunk: Decodable {
                    struct Content: Decodable { let Utf8: String }
                    let data: Content
                    let direction: String
                }
                let Request: Sent?
                let Response: Received?
                let Data: Chunk?
            }
            let action: Action
        }
        let events: [Event]
    }

    /// The recording of smithy-rs' format; its connections follow one another.
    static func exchanges(in file: URL) throws -> [Exchange] {
        var exchanges: [Exchange] = []
        for event in try Vectors.decode(Recording.self, from: file).events {
            if let request = event.action.Request?.request {
                exchanges.append(
                    Exchange(
                        method: request.method, url: request.uri, headers: request.headers.compactMapValues(\.first),
                        requestBody: "", status: 0, responseBody: ""))
            } else if let response = event.action.Response?.response.Ok {
                exchanges[exchanges.count - 1].status = response.status
            } else if let chunk = event.action.Data {
                if chunk.direction == "Request" {
                    exchanges[exchanges.count - 1].requestBody += chunk.data.Utf8
                } else {
                    exchanges[exchanges.count - 1].responseBody += chunk.data.Utf8
                }
            }
        }
        return exchanges
    }
}
