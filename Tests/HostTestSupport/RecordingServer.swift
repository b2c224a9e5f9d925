import FoundationEssentials
import Glibc

/// An HTTP server on 127.0.0.1 that records what it is told: `recorder.py`. Ends with this value.
package final class RecordingServer: Sendable {
    package struct Request: Decodable, Sendable {
        package let method: String
        package let path: String
        package let body: String
        package let headers: [String: String]
    }

    package let address: String
    private let directory = ScratchDirectory()
    private let server: Command

    package init() throws {
        let script: String = #filePath.dropLast("RecordingServer.swift".count) + "recorder.py"
        server = Command(["python3", script, directory.path("port"), directory.path("requests")])
        for _ in 1...6000 where directory.bytes("port") == nil && server.isRunning { usleep(10_000) }
        guard let port = directory.text("port") else { throw NotStarted(description: server.finish().output) }
        address = "http://127.0.0.1:\(port)"
    }

    deinit {
        server.signal(SIGTERM)
        _ = server.finish()
    }

    /// In the order of arrival.
    package var requests: [Request] {
        get throws {
            try (directory.text("requests") ?? "").split(separator: "\n").map {
                try JSONDecoder().decode(Request.self, from: Data($0.utf8))
            }
        }
    }

    private struct NotStarted: Error, CustomStringConvertible {
        let description: String
    }
}
