import FoundationEssentials
import Glibc
import HostTestSupport
import HTTPTransport

/// A running AWS sandbox: a process of its own, which ends with this one or with this value.
///
/// A suite holds one in a static property and is serialized, since settings and faults concern the whole sandbox.
package final class Sandbox: Sendable {
    /// The root of the package.
    package static let packageRoot = String(#filePath.dropLast("/Tests/SandboxSupport/Sandbox.swift".count))

    /// What the sandbox says when it is ready.
    private struct Announcement: Decodable {
        let endpoint: String
        let control: String
        let ca_bundle: String
        let admin_credentials: String
        let region: String
        let account: String
    }

    private let announcement: Announcement
    private let process: pid_t
    private let directory: ScratchDirectory
    private let transport: CurlTransport

    /// For `.enabled(if:)`: false, after a loud line, where the sandbox cannot run.
    package static func isAvailable(for test: String) -> Bool {
        HostTestSupport.isAvailable(hasCommand("python3"), "python3 and python3-venv, for the sandbox", for: test)
    }

    /// Starts one, which takes about a second; the very first time its Python packages are installed.
    package init() throws {
        directory = ScratchDirectory()
        let (process, line) = try launch([
            "\(Self.packageRoot)/Tests/Sandbox/serve", "--state-dir", directory.path("sandbox"),
        ])
        self.process = process
        announcement = try JSONDecoder().decode(Announcement.self, from: Data(line))
        transport = try CurlTransport(caBundle: announcement.ca_bundle, environment: [:])
    }

    deinit {
        kill(process, SIGTERM)
        waitpid(process, nil, 0)
    }

    package var endpoint: String { announcement.endpoint }
    package var caBundle: String { announcement.ca_bundle }
    package var region: String { announcement.region }
    package var account: String { announcement.account }
    /// A credentials file whose default profile is the account's root.
    package var adminCredentials: String { announcement.admin_credentials }

    /// What every AWS tool needs to find it.
    package var environment: [String: String] {
        ["AWS_ENDPOINT_URL": endpoint, "AWS_CA_BUNDLE": caBundle]
    }

    /// Sends a request to the control port; throws what it says when it refuses.
    func control<Answer: Decodable>(
        _ method: String, _ path: String, _ body: JSON? = nil, as type: Answer.Type = JSON.self
    ) async throws -> Answer {
        guard let url = HTTPURL(announcement.control + path) else { throw SandboxError(description: "no URL: \(path)") }
        let bytes = try body.map { Array(try JSONEncoder().encode($0)) } ?? []
        let response = try await transport.send(
            HTTPRequest(
                method: method, url: url, headers: [HTTPHeader("Content-Type", "application/json")], body: bytes),
            limits: .standard)
        guard response.status == 200 else {
            throw SandboxError(description: "\(method) \(path): \(String(decoding: response.body, as: UTF8.self))")
        }
        return try JSONDecoder().decode(type, from: Data(response.body))
    }
}

/// Why the sandbox did not start, or what it refused.
package struct SandboxError: Error, CustomStringConvertible {
    package let description: String
}

/// Starts a program and returns the first line that it prints.
func launch(_ arguments: [String]) throws -> (pid_t, [UInt8]) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw SandboxError(description: "pipe: errno \(errno)") }
    // The end that another test's child kept would never show that this one's has ended.
    ends.forEach { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    let argv = arguments.map { strdup($0) } + [nil]
    defer { argv.forEach { free($0) } }
    var process = pid_t()
    let code = posix_spawn(&process, arguments[0], &actions, nil, argv, environ)
    close(ends[1])
    guard code == 0 else { throw SandboxError(description: "\(arguments[0]): errno \(code)") }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(ends[0], &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
    guard !line.isEmpty else {
        waitpid(process, nil, 0)
        throw SandboxError(description: "the sandbox ended before it was ready; its messages are above")
    }
    return (process, line)
}
