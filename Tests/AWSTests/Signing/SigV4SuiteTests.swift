import AWS
import FoundationEssentials
import HTTPTransport
import Secrets
import Testing

/// Every case of awslabs/aws-c-auth's signing suite, with the signature in headers and in the query.
@Suite struct SigV4SuiteTests {
    struct Context: Decodable {
        struct Credentials: Decodable {
            let access_key_id: String
            let secret_access_key: String
            let token: String?
        }
        let credentials: Credentials
        let expiration_in_seconds: Int
        let normalize: Bool
        let region: String
        let service: String
        let sign_body: Bool
        let timestamp: String
        let omit_session_token: Bool?
    }

    static let folder = Vectors.folder("sigv4")
    static let cases = folder.flatMap { try? Vectors.subfolders(of: $0) } ?? []

    @Test(.enabled(if: folder != nil)) func theSuiteIsComplete() {
        #expect(Self.cases.count == 38)
    }

    @Test(arguments: cases)
    func signatureInHeaders(name: String) throws {
        let vector = try Vector(name)
        let signed = SigV4.signed(vector.request, with: vector.credentials, context: vector.context)
        try vector.expect(signed, "header")
        #expect(
            Vector.render(SigV4.sign(vector.request, with: vector.credentials, context: vector.context))
                == Vector.render(signed.request))
    }

    @Test(arguments: cases)
    func signatureInTheQuery(name: String) throws {
        let vector = try Vector(name)
        let signed = SigV4.presigned(
            vector.request, with: vector.credentials, context: vector.context, expires: vector.expires)
        try vector.expect(signed, "query")
        #expect(
            Vector.render(
                SigV4.presign(
                    vector.request, with: vector.credentials, context: vector.context, expires: vector.expires))
                == Vector.render(signed.request))
    }

    struct Vector {
        let folder: URL
        let request: HTTPRequest
        let credentials: AWSCredentials
        let context: SigningContext
        let expires: Duration

        init(_ name: String) throws {
            folder = try #require(SigV4SuiteTests.folder).appending(path: name)
            let json = try Vectors.decode(Context.self, from: folder.appending(path: "context.json"))
            request = try #require(Self.parse(try Vectors.text(folder.appending(path: "request.txt"))))
            credentials = AWSCredentials(
                accessKeyID: json.credentials.access_key_id,
                secretAccessKey: Secret(json.credentials.secret_access_key),
                sessionToken: json.credentials.token.map { Secret($0) }, source: "vector")
            context = SigningContext(
                region: json.region, service: json.service,
                time: try Date.ISO8601FormatStyle().parse(json.timestamp), normalizesPath: json.normalize,
                sendsPayloadHash: json.sign_body, omitsSessionToken: json.omit_session_token ?? false)
            expires = .seconds(json.expiration_in_seconds)
        }

        func expect(_ signed: SignedRequest, _ kind: String) throws {
            func expected(_ part: String) throws -> String {
                try Vectors.text(folder.appending(path: "\(kind)-\(part).txt"))
            }
            #expect(String(decoding: signed.canonicalRequest, as: UTF8.self) == (try expected("canonical-request")))
            #expect(signed.stringToSign == (try expected("string-to-sign")))
            #expect(signed.signature == (try expected("signature")))
            #expect(Self.render(signed.request).trimmed == (try expected("signed-request")).trimmed)
        }

        /// `METHOD target HTTP/1.1`, header lines, perhaps continued on lines that begin with a space, an empty line, the body.
        static func parse(_ text: String) -> HTTPRequest? {
            let parts = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
            var lines = parts[0].split(separator: "\n")
            let requestLine = lines.removeFirst()
            guard let first = requestLine.firstIndex(of: " "), let last = requestLine.lastIndex(of: " ") else {
                return nil
            }
            let target = requestLine[requestLine.index(after: first)..<last]
            let question = target.firstIndex(of: "?")
            var headers: [HTTPHeader] = []
            for line in lines {
                if line.hasPrefix(" "), let header = headers.popLast() {
                    headers.append(HTTPHeader(header.name, header.value + "\n" + line))
                } else if let colon = line.firstIndex(of: ":") {
                    headers.append(HTTPHeader(String(line[..<colon]), String(line[line.index(after: colon)...])))
                }
            }
            let url = HTTPURL(
                scheme: "https", host: "example.amazonaws.com", path: String(target[..<(question ?? target.endIndex)]),
                query: question.map { String(target[target.index(after: $0)...]) })
            let body = parts.count > 1 ? Array(parts[1].utf8) : []
            return HTTPRequest(method: String(requestLine[..<first]), url: url, headers: headers, body: body)
        }

        static func render(_ request: HTTPRequest) -> String {
            "\(request.method) \(request.url.path)" + (request.url.query.map { "?\($0)" } ?? "") + " HTTP/1.1\n"
                + request.headers.map { "\($0.name):\($0.value)\n" }.joined() + "\n"
                + String(decoding: request.body, as: UTF8.self)
        }
    }
}

extension String {
    /// Without the line ends at its end, of which the suite's files have one to three.
    fileprivate var trimmed: Substring {
        var text = self[...]
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
