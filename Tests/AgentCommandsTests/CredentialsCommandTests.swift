import Console
import FoundationEssentials
import Glibc
import HostTestSupport
import Synchronization
import Testing

@testable import AgentCommands

/// A `credential_process`: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
struct CredentialsCommandTests {
    private struct Result {
        let status: Int32
        let output: String
        let messages: String
    }

    private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    private static let text =
        "{\"Version\": 1, \"AccessKeyId\": \"AKIANEW7777777777777\", \"SecretAccessKey\": \"\(secret)\"}\n"

    let home = ScratchDirectory()

    private func hold(_ text: String = text, mode: mode_t = 0o600) {
        mkdir(home.path(".aws"), 0o700)
        mkdir(home.path(".aws/keybaton"), 0o700)
        home.write(".aws/keybaton/backup.json", text, mode: mode)
    }

    private func run(_ arguments: String..., isTerminal: Bool = false) async -> Result {
        let texts = Mutex(["", ""])
        func sink(_ index: Int) -> Output {
            Output(isTerminal: isTerminal, environment: [:]) { text in texts.withLock { $0[index] += text } }
        }
        let context = CommandContext(
            environment: ["HOME": home.path], output: sink(0), messages: sink(1),
            now: { Date(timeIntervalSince1970: 1_790_000_000) })
        let status = await runCommand(AgentCommand.self, arguments: ["credentials"] + arguments, context: context)
        return texts.withLock { Result(status: status, output: $0[0], messages: $0[1]) }
    }

    @Test func `It prints the key with an end in an hour, and nothing else`() async throws {
        hold()
        let result = await run("--user", "backup")
        #expect(result.status == 0)
        #expect(
            result.output
                == "{\"Version\":1,\"AccessKeyId\":\"AKIANEW7777777777777\",\"SecretAccessKey\":\"\(Self.secret)\","
                + "\"Expiration\":\"2026-09-21T15:13:20Z\"}\n")
        #expect(result.messages.isEmpty)
        #expect(await run("--file", "~/.aws/keybaton/backup.json").output == result.output)
        #expect(await run("--file", home.path(".aws/keybaton/backup.json")).output == result.output)
    }

    @Test func `A person who looks on is told what this is for`() async {
        hold()
        let result = await run("--user", "backup", isTerminal: true)
        #expect(result.status == 0)
        #expect(result.messages.contains("credential_process"))
    }

    @Test func `Without a file it says how one comes about`() async {
        let result = await run("--user", "backup")
        #expect(result.status == 78)
        #expect(result.output.isEmpty)
        #expect(result.messages.contains("format = \"json\""))
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o666] as [mode_t])
    func `A file that others may read or write is refused`(_ mode: mode_t) async {
        hold(mode: mode)
        let result = await run("--user", "backup")
        #expect(result.status == 77)
        #expect(result.output.isEmpty)
        #expect(result.messages.contains("chmod 600"))
    }

    @Test func `Another user's file is refused, root's eyes or not`() async {
        hold()
        guard isAvailable(geteuid() == 0, "root", for: "another user's key") else { return }
        #expect(chown(home.path(".aws/keybaton/backup.json"), 65_534, 65_534) == 0)
        let result = await run("--user", "backup")
        #expect(result.status == 77)
        #expect(result.messages.contains("belongs to user 65534"))
    }

    @Test func `Links, directories and pipes are refused, and not waited for`() async {
        hold()
        let path = home.path(".aws/keybaton/")
        #expect(symlink("backup.json", path + "link.json") == 0)
        #expect(mkfifo(path + "pipe.json", 0o600) == 0)
        #expect(mkdir(path + "folder.json", 0o700) == 0)
        for name in ["link", "pipe", "folder"] {
            let result = await run("--user", name)
            #expect(result.status == 77, "\(name): \(result.messages)")
            #expect(result.output.isEmpty)
        }
    }

    @Test(
        arguments: [
            "", "{", "null", text.dropLast(5).description, text.replacing("1,", with: "2,"),
            text.replacing("AKIA", with: "akia"), text.replacing("+", with: "\\n"),
            text.replacing("\"Version\"", with: "\"SessionToken\": \"t\", \"Version\""),
            String(repeating: " ", count: 100_000),
        ])
    func `What the agent has not written is refused, without a byte of it`(_ text: String) async {
        hold(text)
        let result = await run("--user", "backup")
        #expect(result.status == 65)
        #expect(result.output.isEmpty)
        #expect(!result.messages.contains("MDENG"))
        #expect(result.messages.contains("backup.json"))
    }

    @Test(arguments: [[], ["--user", "../../etc/passwd"], ["--user", ""], ["--file", "backup.json"]])
    func `Wrong usage is 64`(_ arguments: [String]) async {
        let context = Mutex("")
        let output = Output(isTerminal: false, environment: [:]) { text in context.withLock { $0 += text } }
        let status = await runCommand(
            AgentCommand.self, arguments: ["credentials"] + arguments,
            context: CommandContext(environment: ["HOME": "/"], output: output, messages: output, now: { Date() }))
        #expect(status == 64)
        #expect(!context.withLock { $0.isEmpty })
    }
}
