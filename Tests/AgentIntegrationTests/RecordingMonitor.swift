import FoundationEssentials
import Glibc
import HostTestSupport
import Testing

/// A monitor on 127.0.0.1 that records what it is told: `Scripts/monitor.py`. Ends with this value.
final class RecordingMonitor: Sendable {
    struct Request: Decodable {
        let method: String
        let path: String
        let body: String
        let headers: [String: String]
    }

    let address: String
    private let directory = ScratchDirectory()
    private let server: Command

    init() throws {
        server = Command(["python3", script("monitor.py"), directory.path("port"), directory.path("requests")])
        for _ in 1...1000 where directory.bytes("port") == nil && server.isRunning { usleep(10_000) }
        address = "http://127.0.0.1:\(try #require(directory.text("port"), "monitor.py did not start"))"
    }

    deinit {
        server.signal(SIGTERM)
        _ = server.finish()
    }

    /// In the order of arrival.
    var requests: [Request] {
        get throws {
            try (directory.text("requests") ?? "").split(separator: "\n").map {
                try JSONDecoder().decode(Request.self, from: Data($0.utf8))
            }
        }
    }
}

/// The path of one of the scripts beside this file.
func script(_ name: String) -> String {
    #filePath.dropLast("RecordingMonitor.swift".count) + "Scripts/\(name)"
}
