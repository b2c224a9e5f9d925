import Glibc
import HTTPTransport
import Testing

/// The running `server.py`: one for the test process, with which it ends.
struct TestServer: Sendable {
    /// nil, after a loud line, when python3 or openssl is missing.
    static let shared = TestServer()

    let caBundle: String
    private let ports: [String: Int]

    private init?() {
        var input: [Int32] = [0, 0]
        var output: [Int32] = [0, 0]
        guard pipe(&input) == 0, pipe(&output) == 0 else { return nil }
        // A copy of the end that is kept would keep the server alive in the server itself.
        (input + output).forEach { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        let script = String(#filePath.dropLast("TestServer.swift".count)) + "server.py"
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("python3"), strdup(script)]
        defer { arguments.forEach { free($0) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, "python3", &actions, nil, arguments + [nil], environ)
        // input[1] stays open: its end at the exit of this process is what ends the server.
        [input[0], output[1]].forEach { close($0) }
        defer { close(output[0]) }
        var line = [UInt8]()
        var byte: UInt8 = 0
        while code == 0, read(output[0], &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        let pairs = String(decoding: line, as: UTF8.self).split(separator: " ").map { $0.split(separator: "=") }
        let values = Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), String($0[1])) })
        guard let folder = values["folder"] else {
            print("SKIPPED: CurlTransport against a TLS server: server.py did not start; it needs python3 and openssl")
            return nil
        }
        caBundle = "\(folder)/ca.pem"
        ports = values.compactMapValues { Int($0) }
    }

    func url(_ target: String, on name: String = "good", host: String = "127.0.0.1") -> HTTPURL {
        let parts = target.split(separator: "?", maxSplits: 1)
        return HTTPURL(
            scheme: name == "plain" ? "http" : "https", host: host, port: ports[name], path: String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : nil)
    }

    /// Whether the descriptor is connected to the server's good listener.
    func isConnection(_ descriptor: Int32) -> Bool {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutableBytes(of: &address) {
            getpeername(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return code == 0 && Int(UInt16(bigEndian: address.sin_port)) == ports["good"]
    }

    var proxyPort: Int { ports["proxy"] ?? 0 }

    func transport(_ environment: [String: String] = [:]) throws -> CurlTransport {
        try CurlTransport(caBundle: caBundle, environment: environment)
    }
}

extension HTTPSender {
    func get(_ url: HTTPURL, limits: HTTPLimits = .standard) async throws -> HTTPResponse {
        try await send(HTTPRequest(method: "GET", url: url), limits: limits)
    }

    /// The error that a GET ends with; nil when there is an answer.
    func failure(_ url: HTTPURL, limits: HTTPLimits = .standard) async -> HTTPError? {
        do {
            _ = try await send(HTTPRequest(method: "GET", url: url), limits: limits)
            return nil
        } catch {
            return error
        }
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}
