import Glibc
import HostTestSupport
import SandboxSupport
import Testing

extension Relay {
    /// Starts a command and returns it once a call of its own has taken effect and the answer is still on its way.
    func startUntil(
        _ arguments: [String], operation: String, resource: String? = nil, skip: Int = 0, seconds: Double
    ) async throws -> Command {
        let number = try await sandbox.add(
            fault: [
                "kind": "slow", "operation": .text(operation), "resource": .text(resource ?? "*"),
                "skip": .number(Double(skip)), "seconds": .number(seconds),
            ])
        let command = start(arguments)
        var looks = 0
        while try await sandbox.hits(ofFault: number) == 0, looks < 500 {
            looks += 1
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(looks < 500, "\(arguments) never called \(operation)")
        // The fault is counted when the request arrives; its effect follows at once.
        try await Task.sleep(for: .milliseconds(150))
        return command
    }
}
