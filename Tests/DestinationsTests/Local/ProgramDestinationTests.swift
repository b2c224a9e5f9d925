import Destinations
import FoundationEssentials
import Glibc
import Handover
import HostTestSupport
import Rotation
import Secrets
import Testing

/// What the contract does not say of every place: what a program sees, and what people see of it.
@Suite struct ProgramDestinationTests {
    private let directory = ScratchDirectory()
    private let first = ExampleKeys.first

    private func destination(
        _ script: String, check: String? = nil, arguments: [String] = [], name: String? = nil,
        timeLimit: Duration = .seconds(30)
    ) throws -> ProgramDestination {
        let command = [directory.write("push", "#!/bin/sh\n\(script)\n", mode: 0o755)] + arguments
        let check = check.map { [directory.write("check", "#!/bin/sh\n\($0)\n", mode: 0o755)] }
        return ProgramDestination(
            command: command, check: check, name: name, user: try #require(UserName("backup")), timeLimit: timeLimit)
    }

    private func failure(_ destination: ProgramDestination) async throws -> (isUncertain: Bool, sentence: String) {
        do {
            try await destination.feed(first)
            return (false, "it did not fail")
        } catch {
            switch error {
            case .refused(let cause): return (false, "\(cause)")
            case .uncertain(let cause): return (true, "\(cause)")
            }
        }
    }

    @Test("it reads one line of JSON, and its arguments and environment hold no secret")
    func givesTheKey() async throws {
        let path = directory.path
        try await destination(
            "cat > \(path)/input; env > \(path)/environment; printf '%s\\n' \"$@\" > \(path)/arguments; pwd > \(path)/pwd",
            arguments: ["--to", "two words; rm -rf /"]
        ).feed(first)
        let input = try #require(directory.text("input"))
        struct Given: Decodable {
            let format: Int
            let user: String
            let access_key_id: String
            let secret_access_key: String
        }
        let given = try JSONDecoder().decode(Given.self, from: Data(input.utf8))
        #expect(given.format == 1 && given.user == "backup" && given.access_key_id == "\(first.id)")
        #expect(given.secret_access_key == first.secret.reveal() && input.filter { $0 == "\n" }.count == 1)
        #expect(directory.text("arguments") == "--to\ntwo words; rm -rf /\n" && directory.text("pwd") == "/\n")
        let environment = try #require(directory.text("environment"))
        #expect(!environment.contains(first.secret.reveal()) && !environment.contains("AWS_"))
        #expect(
            Set(environment.split(separator: "\n").map { $0.prefix { $0 != "=" } }).isSuperset(of: ["PATH", "HOME"]))
    }

    @Test("a program that does not read its input may succeed all the same")
    func mayIgnoreItsInput() async throws {
        try await destination("exit 0").feed(first)
    }

    @Test("its last lines tell why it failed, without the secret in any form that it was given it in")
    func tellsWhy() async throws {
        let failing = try destination(
            """
            given=$(cat); secret=${given##*: }
            echo "long ago"; echo "one"; echo "got $secret" | fold -w 25
            printf '%s' "$secret" | sed 's,/,%2F,g; s,+,%2B,g'; echo
            printf '\\033[31mred\\033[0m\\n\\n'
            echo "repository not found" >&2
            exit 7
            """)
        let (isUncertain, sentence) = try await failure(failing)
        #expect(isUncertain && sentence.contains("exit code 7") && sentence.hasSuffix("repository not found"))
        #expect(!sentence.contains("\u{1B}") && sentence.contains("a line with a part of the secret"), "\(sentence)")
        let secret = first.secret.reveal()
        for start in 0...(secret.count - 8) {
            let part = secret.dropFirst(start).prefix(8)
            #expect(!sentence.contains(part))
        }
    }

    @Test("a secret that it shows of what it replaces is not told either")
    func hidesForeignSecrets() async throws {
        let foreign = String(repeating: "Zq9+x", count: 8)
        let failing = try destination("echo \"old='\(foreign)'\"; echo \"x${1}\(foreign)y\"; echo refused; exit 1")
        let (_, sentence) = try await failure(failing)
        #expect(!sentence.contains(foreign) && sentence.hasSuffix("refused"), "\(sentence)")
        #expect(sentence.contains("(a line with what may be a secret)"))
    }

    @Test("one that never ends is stopped, with all that it started")
    func isStopped() async throws {
        let slow = try destination("sleep 300 & echo waiting; sleep 300", timeLimit: .seconds(1))
        let started = ContinuousClock.now
        let (isUncertain, sentence) = try await failure(slow)
        #expect(isUncertain && sentence.contains("took longer than 1") && sentence.contains("timeout"), "\(sentence)")
        #expect(ContinuousClock.now - started < .seconds(250), "its own end came first")
    }

    @Test("one that is not there certainly stored nothing")
    func isMissing() async throws {
        let missing = ProgramDestination(
            command: [directory.path("none")], user: try #require(UserName("backup")), timeLimit: .seconds(5))
        let (isUncertain, sentence) = try await failure(missing)
        #expect(!isUncertain && sentence.contains(directory.path("none")))
    }

    @Test("one that was killed says by which signal")
    func isKilled() async throws {
        let (isUncertain, sentence) = try await failure(try destination("kill -9 $$"))
        #expect(isUncertain && sentence.contains("signal 9"))
    }

    @Test(
        "a check's last line is an id, or there is nothing; anything else is told",
        arguments: [
            ("echo AKIAEXAMPLEFIRST0001", Observation.Destination.holds(ExampleKeys.first.id)),
            ("echo connecting; echo '  AKIAEXAMPLEFIRST0001'", .holds(ExampleKeys.first.id)), ("exit 0", .needsFeeding),
            ("echo; echo", .needsFeeding),
        ])
    func checks(_ script: String, _ expected: Observation.Destination) async throws {
        #expect(await (try destination("exit 0", check: script)).observe() == expected)
    }

    @Test(
        "a check that fails, or prints something else, is a failure, and nothing of what it printed is told",
        arguments: ["echo hello; exit 2", "echo hello", "echo hello; kill $$"])
    func failingChecks(_ script: String) async throws {
        guard case .failing(let sentence) = await (try destination("exit 0", check: script)).observe() else {
            Issue.record("it did not fail")
            return
        }
        #expect(sentence.hasPrefix(directory.path("check")) && !sentence.contains("hello"), "\(sentence)")
    }

    @Test("a check is told the user and no secret")
    func tellsTheCheckNoSecret() async throws {
        let path = directory.path
        _ = await (try destination("exit 0", check: "cat > \(path)/asked")).observe()
        #expect(directory.text("asked") == "{\"format\": 1, \"user\": \"backup\"}\n")
    }

    @Test("its name is its path, or the one that it was given")
    func isNamed() throws {
        #expect(try destination("exit 0").name == "program \(directory.path("push"))")
        #expect(try destination("exit 0", name: "vault").name == "program vault")
    }

    @Test(
        "root runs nothing that somebody else could have put there",
        .enabled(if: isAvailable(geteuid() == 0, "root", for: "programs that root must not run")))
    func isOwned() async throws {
        let open = try destination("touch \(directory.path("ran"))")
        #expect(chmod(directory.path("push"), 0o777) == 0)
        let (isUncertain, sentence) = try await failure(open)
        #expect(
            !isUncertain && sentence.contains("root must not run") && sentence.contains("chmod go-w"), "\(sentence)")
        #expect(directory.text("ran") == nil)
    }
}
