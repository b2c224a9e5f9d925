import Console
import Glibc
import Handover
import HostTestSupport
import Testing

@testable import AgentCommands

/// Which programs go on with the key that they read at their start.
struct LongRunningProgramTests {
    let place: LongRunningProgram.Place

    init() throws {
        place = LongRunningProgram.Place(
            user: try #require(UserName("backup")), path: "/home/alice/.aws/credentials", format: "aws-credentials",
            profile: "s3", keyID: "AKIAOLD7777777777777")
    }

    private func find(
        days: Int = 3, _ arguments: [String] = [], _ environment: [String: String]? = [:],
        olderThan age: Duration? = nil
    ) -> [LongRunningProgram] {
        let process = RunningProcess(
            id: 7, name: "python3", age: .seconds(days * 86_400), arguments: ["python3"] + arguments,
            environment: environment)
        return LongRunningProgram.find(among: [process], using: [place], olderThan: age)
    }

    @Test func `A program is found by the profile and the file that it was told`() {
        #expect(find([], ["HOME": "/home/alice", "AWS_PROFILE": "s3"]).count == 1)
        #expect(find([], ["HOME": "/home/alice", "AWS_PROFILE": "other"]).isEmpty)
        #expect(find([], ["HOME": "/home/bob", "AWS_PROFILE": "s3"]).isEmpty)
        #expect(
            find([], ["AWS_SHARED_CREDENTIALS_FILE": place.path, "AWS_PROFILE": "s3", "HOME": "/home/bob"]).count == 1)
        #expect(find(["--credentials=\(place.path)"], nil).count == 1)
        #expect(find(["--credentials", place.path], nil).count == 1)
    }

    @Test func `A program that has the key in its environment is found by the key's id`() {
        #expect(find([], ["AWS_ACCESS_KEY_ID": "AKIAOLD7777777777777"]).count == 1)
        #expect(find([], ["AWS_ACCESS_KEY_ID": "AKIANEW7777777777777"]).isEmpty)
    }

    @Test func `A home directory alone says nothing, but of a client that is known to stay`() {
        let other = LongRunningProgram.Place(
            user: place.user, path: place.path, format: place.format, profile: "default", keyID: nil)
        func find(_ name: String) -> Int {
            let process = RunningProcess(
                id: 7, name: name, age: .seconds(200_000), arguments: [name], environment: ["HOME": "/home/alice"])
            return LongRunningProgram.find(among: [process], using: [other], olderThan: nil).count
        }
        #expect(find("bash") == 0)
        #expect(find("s3fs") == 1)
    }

    @Test func `A young program is none, unless a key was installed since it began`() {
        let environment = ["HOME": "/home/alice", "AWS_PROFILE": "s3"]
        #expect(find(days: 0, [], environment).isEmpty)
        #expect(find(days: 0, [], environment, olderThan: .zero).count == 1)
    }

    @Test func `The finding recommends a hook or credentials, and tells nothing of the environment but the profile`() {
        let finding = find([], ["HOME": "/home/alice", "AWS_PROFILE": "s3"]).first?.finding
        #expect(finding?.verdict == .warning)
        #expect(finding?.subject == "python3 (process 7)")
        #expect(finding?.message.contains("3 d") == true && finding?.message.contains("profile s3") == true)
        #expect(finding?.mend?.contains("keybaton-agent credentials --user backup") == true)
    }

    @Test func `Of a real process only what matters is read`() throws {
        let sleeper = Command(
            ["sleep", "300"], environment: ["AWS_PROFILE": "s3", "AWS_SECRET_ACCESS_KEY": "hidden", "HOME": "/h"])
        defer {
            sleeper.signal(SIGKILL)
            _ = sleeper.finish()
        }
        var found: RunningProcess?
        for _ in 1...2000 where found == nil {
            found = RunningProcess.all(of: geteuid()).first {
                $0.name == "sleep" && $0.environment?["AWS_PROFILE"] == "s3"
            }
            usleep(10_000)
        }
        let process = try #require(found)
        #expect(process.arguments == ["sleep", "300"])
        #expect(process.environment == ["AWS_PROFILE": "s3", "HOME": "/h"])
        #expect(process.age < .seconds(60) && process.age > .seconds(-2))
        #expect(!RunningProcess.all(of: geteuid()).contains { $0.id == Int(getpid()) })
    }
}
