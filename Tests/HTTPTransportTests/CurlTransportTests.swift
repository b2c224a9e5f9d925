import FoundationEssentials
import Glibc
import HTTPTransport
import Testing

/// Serialised, as the server counts connections.
@Suite(.serialized, .enabled(if: TestServer.shared != nil), .timeLimit(.minutes(2)))
struct CurlTransportTests {
    let server: TestServer

    init() throws {
        server = try #require(TestServer.shared)
    }

    // MARK: What is sent and received

    @Test("sends exactly what it is given, and nothing of curl's own")
    func sendsVerbatim() async throws {
        let url = server.url("/a//b/../c%2Fd/./%7e?x=%20&y")
        let request = HTTPRequest(
            method: "PUT", url: url, headers: [HTTPHeader("X-One", "1"), HTTPHeader("X-Empty", "")],
            body: Array("body".utf8))
        let answer = try await server.transport().send(request, limits: .standard)
        let expected =
            "PUT /a//b/../c%2Fd/./%7e?x=%20&y HTTP/1.1\r\nX-One: 1\r\nX-Empty:\r\nHost: \(url.authority)\r\n"
            + "Content-Length: 4\r\n\r\nbody"
        #expect(answer.text.sortedLines == expected.sortedLines)
        #expect(answer.status == 200)
        #expect(answer.serverDate == Date(timeIntervalSince1970: 1_795_248_647))
    }

    @Test("a method without a body sends none", arguments: ["GET", "DELETE"])
    func withoutBody(method: String) async throws {
        let answer = try await server.transport().send(
            HTTPRequest(method: method, url: server.url("/echo")), limits: .standard)
        #expect(answer.text.hasPrefix("\(method) /echo HTTP/1.1\r\nHost: 127.0.0.1:"))
        #expect(!answer.text.contains("Content-Length"))
    }

    @Test("an empty POST says that it is empty; a large one does not wait for 100 Continue")
    func bodies() async throws {
        let transport = try server.transport()
        let empty = try await transport.send(HTTPRequest(method: "POST", url: server.url("/echo")), limits: .standard)
        #expect(empty.text.contains("Content-Length: 0"))
        let body = [UInt8](repeating: UInt8(ascii: "z"), count: 2 << 20)
        let large = try await transport.send(
            HTTPRequest(method: "POST", url: server.url("/echo"), body: body), limits: .standard)
        #expect(large.body.suffix(body.count) == body[...] && !large.text.contains("Expect"))
    }

    @Test("a HEAD has no body, however long the announced one is")
    func head() async throws {
        let answer = try await server.transport().send(
            HTTPRequest(method: "HEAD", url: server.url("/x")), limits: .standard)
        #expect(answer.status == 404 && answer.body.isEmpty && answer.header("content-length") == "9000000")
    }

    @Test("headers of interim answers and trailers are not the answer's")
    func headers() async throws {
        let transport = try server.transport()
        let interim = try await transport.get(server.url("/interim"))
        #expect(interim.header("X-Interim") == nil && interim.header("x-final") == "yes")
        #expect(try await transport.get(server.url("/large-chunked?2000")).header("X-Trailer") == nil)
    }

    @Test("a redirect is an answer, never followed")
    func redirect() async throws {
        let answer = try await server.transport().get(server.url("/redirect"))
        #expect(answer.status == 302 && answer.header("Location") == "/serial")
    }

    // MARK: Trust

    @Test(
        "an untrusted or outdated peer is refused before anything is sent",
        arguments: ["otherhost", "expired", "selfsigned", "tls11"])
    func untrusted(name: String) async throws {
        let before = try await server.requestCount()
        let error = await (try server.transport()).failure(server.url("/echo", on: name))
        #expect(error?.code == .tls && error?.host == "127.0.0.1" && error?.message.isEmpty == false)
        #expect(try await server.requestCount() == before + 1)
    }

    @Test("a CA that is not in the bundle is not trusted, whatever the process environment says")
    func otherBundle() async throws {
        let error = await (try CurlTransport(environment: [:])).failure(server.url("/echo"))
        #expect(error?.code == .tls)
    }

    @Test("the CA bundle is taken from the environment that is given")
    func bundleFromEnvironment() async throws {
        let transport = try CurlTransport(environment: ["AWS_CA_BUNDLE": server.caBundle])
        #expect(try await transport.get(server.url("/echo", host: "localhost")).status == 200)
    }

    // MARK: Limits

    @Test(
        "a body over the limit is an error, announced or not",
        arguments: ["/large?20001", "/large-chunked?21000", "/large-until-close?20001"])
    func bodyLimit(path: String) async throws {
        var limits = HTTPLimits.standard
        limits.maximumBodySize = 20_000
        let transport = try server.transport()
        #expect(await transport.failure(server.url(path), limits: limits)?.code == .bodyTooLarge)
        let exact = path.replacing("20001", with: "20000").replacing("21000", with: "20000")
        #expect(try await transport.get(server.url(exact), limits: limits).body.count == 20_000)
    }

    @Test func tooManyHeadersAreAnError() async throws {
        let transport = try server.transport()
        #expect(try await transport.get(server.url("/many-headers?20")).headers.count == 22)
        #expect(await transport.failure(server.url("/many-headers?80"))?.code == .malformed)
    }

    @Test func aSilentServerTimesOut() async throws {
        let limits = HTTPLimits(connectTimeout: .seconds(5), totalTimeout: .milliseconds(200), maximumBodySize: 10)
        let error = await (try server.transport()).failure(server.url("/stall"), limits: limits)
        #expect(error?.code == .timeout)
    }

    // MARK: Connections

    @Test(
        "an answer that breaks off is an error, never a short body",
        arguments: ["/drop", "/truncated", "/truncated-chunked"])
    func brokenOff(path: String) async throws {
        #expect(await (try server.transport()).failure(server.url(path))?.code == .connectionLost)
    }

    @Test("a server that hangs up during the request is an error, not a signal that ends the program")
    func hangUp() async throws {
        let request = HTTPRequest(
            method: "PUT", url: server.url("/echo"), headers: [HTTPHeader("X-Hang-Up", "yes")],
            body: [UInt8](repeating: 0, count: 16 << 20))
        let transport = try server.transport()
        await #expect {
            _ = try await transport.send(request, limits: .standard)
        } throws: { error in
            (error as? HTTPError)?.code == .connectionLost
        }
    }

    @Test func anAnswerThatIsNotHTTPIsAnError() async throws {
        #expect(await (try server.transport()).failure(server.url("/not-http"))?.code == .malformed)
    }

    @Test func aClosedPortIsAConnectError() async throws {
        let url = HTTPURL(scheme: "https", host: "127.0.0.1", port: 1)
        #expect(await (try server.transport()).failure(url)?.code == .connect)
    }

    @Test("one connection carries many requests, and another one those that must not share")
    func reuse() async throws {
        let transport = try server.transport()
        for serial in 1...3 {
            #expect(try await transport.get(server.url("/serial")).text == "\(serial)")
        }
        var alone = HTTPLimits.standard
        alone.mayReuseConnection = false
        #expect(try await transport.get(server.url("/serial"), limits: alone).text == "1")
    }

    @Test("libcurl sends again when a kept connection turns out to be dead, unless it must not")
    func resending() async throws {
        let url = server.url("/drop-when-reused")
        var before = try await server.requestCount()
        let transport = try server.transport()
        _ = try await transport.get(url)
        #expect(try await transport.get(url).text == "first")
        #expect(try await server.requestCount() == before + 4)

        var alone = HTTPLimits.standard
        alone.mayReuseConnection = false
        before = try await server.requestCount()
        _ = try await transport.get(url, limits: alone)
        _ = try await transport.get(url, limits: alone)
        #expect(try await server.requestCount() == before + 3)
    }

    @Test("programs that are started meanwhile do not inherit connections")
    func closeOnExec() async throws {
        let transport = try server.transport()
        _ = try await transport.get(server.url("/echo"))
        let flags = (3..<256).filter { server.isConnection($0) }.map { fcntl($0, F_GETFD) }
        #expect(!flags.isEmpty && flags.allSatisfy { $0 & FD_CLOEXEC != 0 })
    }

    @Test func requestsRunAtTheSameTime() async throws {
        let transport = try server.transport()
        let url = server.url("/large?1000000")
        let sizes = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await transport.get(url).body.count } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sizes == Array(repeating: 1_000_000, count: 8))
    }

    @Test func cancellingTheTaskEndsTheRequest() async throws {
        let transport = try server.transport()
        let url = server.url("/stall")
        let task = Task { await transport.failure(url) }
        let before = try await server.requestCount()
        while try await server.requestCount() < before + 2 { try Task.checkCancellation() }
        task.cancel()
        // Had it waited for the server's hanging up, the connection would be lost.
        #expect(await task.value?.code == .cancelled)
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let transport = try server.transport()
        let url = server.url("/echo")
        let before = try await server.requestCount()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await transport.failure(url)
        }
        #expect(await task.value?.code == .cancelled)
        #expect(try await server.requestCount() == before + 1)
    }

    // MARK: Proxies

    @Test("https goes through the proxy of the variables, but for the exceptions")
    func proxy() async throws {
        let before = try await server.count("connects")
        let proxy = "http://user:p%40ss@127.0.0.1:\(server.proxyPort)"
        let answer = try await server.transport(["HTTPS_PROXY": proxy]).get(server.url("/interim"))
        #expect(answer.header("X-Proxy") == nil && answer.header("X-Final") == "yes")
        #expect(try await server.count("connects") == before + 1)
        for exceptions in ["127.0.0.1", "*", "example.com, 127.0.0.1"] {
            let transport = try server.transport(["https_proxy": proxy, "NO_PROXY": exceptions])
            _ = try await transport.get(server.url("/echo"))
        }
        #expect(try await server.count("connects") == before + 1)
    }

    @Test("the proxy does not see the request's headers, and the process environment does not count")
    func proxyIsNotTrusted() async throws {
        setenv("HTTPS_PROXY", "http://127.0.0.1:1", 1)
        setenv("https_proxy", "http://127.0.0.1:1", 1)
        setenv("NO_PROXY", "*", 1)
        defer { for name in ["HTTPS_PROXY", "https_proxy", "NO_PROXY"] { unsetenv(name) } }
        let before = try await server.count("connects")
        let request = HTTPRequest(
            method: "GET", url: server.url("/echo"), headers: [HTTPHeader("Authorization", "hunter2")])
        let transport = try server.transport(["https_proxy": "http://127.0.0.1:\(server.proxyPort)"])
        #expect(try await transport.send(request, limits: .standard).text.contains("hunter2"))
        #expect(try await server.count("connects") == before + 1)
        #expect(try await server.count("leaks") == 0)
    }

    @Test func plainHTTPNeverGoesThroughAProxy() async throws {
        let dead = "http://127.0.0.1:1"
        let transport = try server.transport(["http_proxy": dead, "HTTP_PROXY": dead, "https_proxy": dead])
        #expect(try await transport.get(server.url("/echo", on: "plain")).status == 200)
        #expect(await transport.failure(server.url("/echo"))?.code == .connect)
    }

    @Test func aProxyThatRefusesIsAnErrorWithoutItsPassword() async throws {
        let proxy = "http://user:hunter2@127.0.0.1:\(server.proxyPort)"
        let error = await (try server.transport(["https_proxy": proxy])).failure(
            server.url("/echo", host: "denied.invalid"))
        #expect(error != nil && "\(error as Any)".contains("407") && !"\(error as Any)".contains("hunter2"))
    }

    @Test("an error never shows what was sent")
    func errorsAreQuiet() async throws {
        let request = HTTPRequest(
            method: "POST", url: server.url("/drop?X-Amz-Signature=hunter2"),
            headers: [HTTPHeader("Authorization", "hunter2")], body: Array("hunter2".utf8))
        await #expect {
            _ = try await server.transport().send(request, limits: .standard)
        } throws: { error in
            var dumped = ""
            dump(error, to: &dumped)
            return !dumped.contains("hunter2") && !"\(error)".contains("hunter2") && error is HTTPError
        }
    }
}

extension TestServer {
    /// Itself one request, counted before it is answered.
    func requestCount() async throws -> Int { try await count("requests") }

    func count(_ name: String) async throws -> Int {
        let text = try await transport().get(url("/counts")).text
        let pair = text.split(separator: " ").first { $0.hasPrefix("\(name)=") }
        return try #require(pair.flatMap { Int($0.dropFirst(name.count + 1)) })
    }
}

extension String {
    fileprivate var sortedLines: [String] { split(separator: "\r\n").map(String.init).sorted() }
}
