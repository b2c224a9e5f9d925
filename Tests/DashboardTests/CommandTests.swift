import ArgumentParser
import Console
import Dashboard
import FoundationEssentials
import Glibc
import HostTestSupport
import Rotation
import Secrets
import Testing

@testable import DashboardCommands

/// What stands between a configuration and a listening dashboard, and what an export leaves behind.
@Suite struct CommandTests {
    let folder = ScratchDirectory()

    private func run(_ arguments: String...) async -> (status: Int32, messages: String) {
        let log = Served.Log()
        let output = Output(isTerminal: false, environment: [:]) { log.add($0) }
        let context = CommandContext(
            environment: ["HOME": folder.path("home")], output: output, messages: output, now: { PageSamples.now })
        return (await runCommand(DashboardCommand.self, arguments: arguments, context: context), log.lines)
    }

    private func configuration(_ more: String = "") -> String {
        let path = folder.path("dashboard.toml")
        folder.write("dashboard.toml", "region = \"eu-west-1\"\nbucket = \"b\"\n\(more)")
        return path
    }

    @Test(arguments: [
        ("listen = \"0.0.0.0:8080\"", "token_file"), ("listen = \"[::]:8080\"", "token_file"),
        ("listen = \"nas:8080\"", "`listen` must be"), ("refresh = \"1s\"", "`refresh` must be"),
        ("tokenfile = \"x\"", "tokenfile"), ("token_file = \"/does/not/exist\"", "openssl rand"),
    ])
    func aConfigurationThatIsNotSafeOrNotUnderstoodIsRefused(line: String, complaint: String) async {
        let (status, messages) = await run("serve", "--config", configuration(line))
        #expect(status == ExitStatus.configuration.rawValue)
        #expect(messages.contains(complaint))
    }

    @Test func anAddressThatIsNoneIsWrongUsage() async {
        let (status, messages) = await run("serve", "--config", configuration(), "--listen", "8080")
        #expect(status == ExitStatus.usage.rawValue && messages.contains("--listen must be"))
    }

    @Test func aTokenIsReadWithoutItsEndOfLine() throws {
        folder.write("token", "0123456789abcdef\n", mode: 0o600)
        #expect(try readToken(folder.path("token")).reveal() == "0123456789abcdef")
    }

    @Test(arguments: [
        ("0123456789abcdef", 0o604, "others could"), ("0123456789abcdef", 0o602, "others could"),
        ("0123456789abcde", 0o600, "at least 16"), ("", 0o600, "at least 16"),
        ("0123 456789abcdef", 0o600, "at least 16"),
        ("0123456789abcdéf", 0o600, "at least 16"),
    ])
    func aTokenThatOthersKnowOrGuessIsRefusedAndNotTold(text: String, mode: mode_t, complaint: String) throws {
        folder.write("token", text, mode: mode)
        let error = #expect(throws: CommandFailure.self) { try readToken(folder.path("token")) }
        #expect(error?.description.contains(complaint) == true)
        #expect(error?.description.contains("0123") == false)
    }

    @Test func anExportReplacesItsOwnFilesAndRemovesNoOthers() async throws {
        let bucket = try FakeBucket.prepared()
        try bucket.putView(try PageSamples.user("gone", .steady), at: PageSamples.ago(1))
        let reader = BucketReader(bucket: bucket) { PageSamples.now }
        let export = ExportFolder(folder.path("site"))
        let count = try export.write(ExportedSite(await reader.read()))
        #expect(count == Asset.all.count + 5)
        folder.write("site/mine.html", "mine")
        folder.write("site/users/mine.html", "mine")
        #expect(folder.text("site/users/gone.html")?.contains("gone") == true)
        bucket.remove("view/gone.json")
        _ = try export.write(ExportedSite(await reader.read()))
        #expect(folder.text("site/users/gone.html") == nil)
        #expect(folder.text("site/mine.html") == "mine" && folder.text("site/users/mine.html") == "mine")
        let index = try #require(folder.text("site/index.html"))
        #expect(index.contains("users/backup.html") && !index.contains("href=\"/"))
        #expect(folder.text("site/status.json")?.contains("\"summary\"") == true)
        #expect(folder.text("site/badge.svg")?.hasPrefix("<svg") == true)
    }

    @Test func aListThatSomebodyElseWroteRemovesNothingOutside() async throws {
        let bucket = try FakeBucket.prepared()
        let export = ExportFolder(folder.path("site"))
        folder.write("outside.html", "mine")
        _ = try export.write(ExportedSite(await BucketReader(bucket: bucket) { PageSamples.now }.read()))
        folder.write(
            "site/.keybaton-dashboard",
            "../outside.html\nusers/../../outside.html\nusers/a/../../../outside.html\n/etc/passwd\n.git\nnotes.txt\n")
        folder.write("site/notes.txt", "mine")
        _ = try export.write(ExportedSite(await BucketReader(bucket: bucket) { PageSamples.now }.read()))
        #expect(folder.text("outside.html") == "mine" && folder.text("site/notes.txt") == "mine")
    }

    @Test func aBucketThatFailsIsNotExported() async throws {
        let bucket = try FakeBucket.prepared()
        let reader = BucketReader(bucket: bucket) { PageSamples.now }
        bucket.fail(below: "acks/backup/")
        #expect(ExportedSite(await reader.read()).problem?.contains("backup") == true)
        bucket.fail(below: "")
        #expect(ExportedSite(await reader.read()).problem != nil)
        bucket.fail(below: nil)
        #expect(ExportedSite(await reader.read()).problem == nil)
    }
}

/// The manual page and the example say what the program does: no more, and no less.
@Suite struct ManualTests {
    private let root = String(#filePath.dropLast("/Tests/DashboardTests/CommandTests.swift".count))

    private func text(_ name: String) throws -> String {
        String(decoding: try #require(contents("\(root)/\(name)")), as: UTF8.self)
    }

    @Test func everySettingIsExplainedAndShown() throws {
        let settings = Set(DashboardConfiguration.CodingKeys.allCases.map(\.rawValue))
        let page = try text("packaging/man/keybaton-dashboard.8")
        let items = page.split(separator: "\n").filter { $0.hasPrefix(".It Ic ") }
            .flatMap { $0.dropFirst(".It Ic ".count).replacing("Ic ", with: "").split(separator: " , ") }
        #expect(Set(items.map(String.init)) == settings)
        let example = try text("packaging/examples/dashboard.toml")
        let shown = example.split(separator: "\n").compactMap { $0.firstMatch(of: #/^(?:# )?([a-z_]+) = /#)?.1 }
        #expect(Set(shown.map(String.init)) == settings)
    }

    @Test func everyOptionIsExplained() throws {
        let page = try text("packaging/man/keybaton-dashboard.8")
        for help in [
            DashboardCommand.helpMessage(for: ServeCommand.self), DashboardCommand.helpMessage(for: ExportCommand.self),
        ] {
            for option in help.matches(of: #/--([a-z-]+)/#).map(\.1) { #expect(page.contains("Fl -\(option)")) }
        }
    }

    @Test func theExampleIsAConfiguration() throws {
        let bare = try text("packaging/examples/dashboard.toml")
        let full = bare.split(separator: "\n").map { line in
            line.firstMatch(of: #/^# ([a-z_]+ = .*)/#).map { String($0.1) } ?? String(line)
        }
        #expect(try ConfigurationFile.decode(DashboardConfiguration.self, from: bare, path: "x").listen == nil)
        // All of it, but the second of two values of one setting.
        let text = full.filter { !$0.hasPrefix("listen = \"unix") }.joined(separator: "\n")
        #expect(try ConfigurationFile.decode(DashboardConfiguration.self, from: text, path: "x").hosts?.count == 1)
    }
}
