import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

extension Relay {
    /// Where a rotation stands, as far as a test wants it to.
    enum Stage: Int, CaseIterable, Comparable, CustomStringConvertible {
        /// Nothing is published; the hosts hold the key that is to be adopted.
        case unmanaged
        /// The key is published; the hosts have checked in and are not expected yet.
        case introduced
        case steady
        /// Every host holds NEW.
        case acknowledged
        /// OLD is deactivated.
        case observing
        /// OLD is deactivated for longer than grace, and every host was seen since.
        case retirable

        var description: String {
            ["unmanaged", "introduced", "steady", "acknowledged", "observing", "retirable"][rawValue]
        }

        static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    static let adoption = ["init", "--adopt", "--profile", "default", "--credentials-file"]

    /// Leads a relay on to a stage, every step of the way succeeding.
    func lead(from present: Stage = .unmanaged, to stage: Stage) async throws {
        for next in Stage.allCases.drop(while: { $0 != present }).dropFirst() {
            if stage == present { return }
            switch next {
            case .unmanaged: break
            case .introduced:
                expect(finish(start(Self.adoption + [hosts[0].credentialsPath])), [0])
                runAgents()
            case .steady: expect(keybaton("run"), [0])
            case .acknowledged:
                expect(keybaton("rotate"), [0])
                runAgents()
            case .observing: expect(keybaton("run"), [0])
            case .retirable:
                try await forward(3)
                runAgents()
                try await forward(2)
            }
            if next == stage { break }
        }
        try await expectNobodyIsLockedOut()
    }

    /// Lets time and everybody's runs pass, without faults, until one active key is left and everybody holds it.
    func converge(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await sandbox.removeFaults()
        var said: [String] = []
        for _ in 1...14 {
            runAgents()
            let last = keybaton("run")
            said.append("\(last.status): \(last.output)")
            try await expectNobodyIsLockedOut(comment, sourceLocation: sourceLocation)
            if last.status == 0, try await keys().count == 1, let report = try? status(),
                report["phase"]?.text == "steady",
                report["decision"]?["kind"]?.text == "wait"
            {
                let (keys, published) = (try await keys(), try await published())
                let new = published?.keys.new.id.description ?? "none"
                #expect(keys == [new: "Active"], comment, sourceLocation: sourceLocation)
                for host in hosts { #expect(host.heldID == new, comment, sourceLocation: sourceLocation) }
                return
            }
            // An interrupted run's lease has to end; otherwise whoever waits, waits for seconds.
            try await forward(last.status == 75 ? Self.afterLease : 3)
        }
        Issue.record(
            "not steady after 14 rounds: \(comment.map { "\($0)" } ?? "")\n\(said.joined())",
            sourceLocation: sourceLocation)
    }

    /// What must hold after every command: each host's key works, IAM's limit is kept, and no secret was said.
    func expectNobodyIsLockedOut(
        _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let (keys, _) = (try await keys(), try await published())
        #expect(keys.count <= 2, comment, sourceLocation: sourceLocation)
        for host in hosts {
            #expect(keys[host.heldID ?? "none"] == "Active", comment, sourceLocation: sourceLocation)
        }
        for secret in secrets {
            #expect(!printed.contains(secret), "a secret was printed", sourceLocation: sourceLocation)
        }
    }

    /// A documented exit code, and something to read about every one but success.
    func expect(
        _ result: Command.Result, _ allowed: Set<Int32>, _ comment: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            allowed.contains(result.status), "\(result.status): \(result.output) \(comment)",
            sourceLocation: sourceLocation)
        #expect(
            result.status == 0 || ["\(Self.user): ", "keybaton: "].contains(where: result.output.contains),
            "\(result.output) \(comment)", sourceLocation: sourceLocation)
    }
}
