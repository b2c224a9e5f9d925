import Glibc
import HTTPTransport
import Testing

/// What is refused without a connection.
@Suite struct RefusalTests {
    let transport: CurlTransport

    /// Any readable file serves as the bundle of a transport that never gets to a handshake.
    init() throws {
        transport = try CurlTransport(caBundle: #filePath, environment: [:])
    }

    private func code(_ request: HTTPRequest, on transport: CurlTransport? = nil) async -> HTTPError.Code? {
        let limits = HTTPLimits(
            connectTimeout: .milliseconds(200), totalTimeout: .milliseconds(200), maximumBodySize: 1)
        do {
            _ = try await (transport ?? self.transport).send(request, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        "plain http is for this machine and metadata services",
        arguments: [
            "http://example.com/", "http://10.0.0.1/", "http://169.254.169.253/", "http://localhost.example.com/",
            "http://127.0.0.1.example.com/", "http://[fd00:ec2::255]/", "http://0.0.0.0/", "http://[::]/",
            "http://127.1/", "http://2130706433/", "http://[::ffff:127.0.0.1]/",
        ])
    func plainHTTP(text: String) async throws {
        #expect(await code(HTTPRequest(method: "GET", url: try #require(HTTPURL(text)))) == .refusedScheme)
    }

    @Test(
        "loopback is not refused in any spelling",
        arguments: ["http://127.0.0.1:1/", "http://127.1.2.3:1/", "http://localhost:1/", "http://[0:0:0:0:0:0:0:1]:1/"])
    func loopback(text: String) async throws {
        let code = await code(HTTPRequest(method: "GET", url: try #require(HTTPURL(text))))
        #expect(code == .connect || code == .timeout)
    }

    @Test("where plain http is allowed it goes anywhere, and nothing else does")
    func allowedPlainHTTP() async throws {
        let open = try CurlTransport(caBundle: #filePath, environment: [:], allowsPlainHTTP: true)
        // An address of this machine that is not of its loopback interface.
        let anywhere = try #require(HTTPURL("http://0.0.0.0:1/"))
        #expect(await code(HTTPRequest(method: "GET", url: anywhere), on: open) == .connect)
        let file = HTTPURL(scheme: "file", host: "x", path: "/etc/passwd")
        #expect(await code(HTTPRequest(method: "GET", url: file), on: open) == .refusedScheme)
    }

    @Test func otherSchemesAreRefused() async {
        #expect(
            await code(HTTPRequest(method: "GET", url: HTTPURL(scheme: "file", host: "x", path: "/etc/passwd")))
                == .refusedScheme)
    }

    @Test(
        "what would change the request's meaning is refused",
        arguments: [
            HTTPRequest(method: "GET ", url: HTTPURL(scheme: "https", host: "127.0.0.1")),
            HTTPRequest(method: "", url: HTTPURL(scheme: "https", host: "127.0.0.1")),
            HTTPRequest(method: "GET", url: HTTPURL(scheme: "https", host: "127.0.0.1", path: "/a b")),
            HTTPRequest(method: "GET", url: HTTPURL(scheme: "https", host: "127.0.0.1", path: "a")),
            HTTPRequest(method: "GET", url: HTTPURL(scheme: "https", host: "127.0.0.1", path: "/é")),
            HTTPRequest(method: "GET", url: HTTPURL(scheme: "https", host: "127.0.0.1", query: "a\r\nX: y")),
            HTTPRequest(method: "GET", url: HTTPURL(scheme: "https", host: "a/b")),
            HTTPRequest(method: "GET", url: HTTPURL(scheme: "https", host: "user@a")),
            HTTPRequest(method: "GET", url: HTTPURL(scheme: "https", host: "")),
            HTTPRequest(method: "GET", url: HTTPURL(scheme: "https", host: "127.0.0.1", port: 70_000)),
            HTTPRequest(
                method: "GET", url: HTTPURL(scheme: "https", host: "127.0.0.1"),
                headers: [HTTPHeader("X", "y\r\nAuthorization: z")]),
            HTTPRequest(
                method: "GET", url: HTTPURL(scheme: "https", host: "127.0.0.1"), headers: [HTTPHeader("X:", "y")]),
            HTTPRequest(
                method: "GET", url: HTTPURL(scheme: "https", host: "127.0.0.1"),
                headers: [HTTPHeader("X", String(repeating: "y", count: 70_000))]),
        ])
    func malformed(request: HTTPRequest) async {
        #expect(await code(request) == .malformed)
    }

    @Test(arguments: ["ftp://proxy.example", "http://", "proxy example", "http://user:hunter2@:1", "http://proxy:port"])
    func anUnusableProxyIsAConfigurationErrorThatHidesIt(text: String) {
        #expect {
            _ = try CurlTransport(caBundle: #filePath, environment: ["https_proxy": text])
        } throws: { error in
            (error as? HTTPError)?.code == .configuration && !"\(error)".contains("hunter2")
        }
    }

    @Test func aMissingBundleIsAConfigurationErrorThatNamesIt() {
        #expect {
            _ = try CurlTransport(environment: ["AWS_CA_BUNDLE": "/nonexistent/ca.pem"])
        } throws: { error in
            "\(error)".contains("/nonexistent/ca.pem") && "\(error)".contains("AWS_CA_BUNDLE")
        }
    }

    @Test func scrubbingRemovesWhatWouldLogSessionKeys() {
        setenv("SSLKEYLOGFILE", "/nonexistent/keys", 1)
        CurlTransport.scrubEnvironment()
        #expect(getenv("SSLKEYLOGFILE") == nil)
    }
}
