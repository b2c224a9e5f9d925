import Console
import Glibc
import HostTestSupport
import Refresher
import Secrets
import Testing

@testable import AgentCommands

/// The text file for Prometheus's node exporter.
struct MetricsTests {
    private static let packageRoot = #filePath.dropLast("/Tests/AgentCommandsTests/Observers/MetricsTests.swift".count)

    let directory = ScratchDirectory()

    private var file: MetricsFile { MetricsFile(path: directory.path("keybaton.prom")) }

    @Test func `A run is told as gauges, whose labels are users and codes only`() throws {
        let outcomes = [
            try RefreshOutcome.example("backup"),
            try .example("dns", .targetUnreadable, .targetUnreadable, .unavailable),
        ]
        let text = metrics(.example(outcomes), lastSuccess: 1_789_000_000)
        #expect(
            text.split(separator: "\n").filter { !$0.hasPrefix("#") } == [
                "keybaton_agent_info{version=\"\(keybatonVersion)\"} 1",
                "keybaton_agent_last_run_timestamp_seconds 1790000002",
                "keybaton_agent_last_run_exit_code 65",
                "keybaton_agent_last_success_timestamp_seconds 1789000000",
                "keybaton_agent_holds_published_key{user=\"backup\"} 1",
                "keybaton_agent_holds_published_key{user=\"dns\"} 1",
                "keybaton_agent_parameter_version{user=\"backup\"} 7",
                "keybaton_agent_parameter_version{user=\"dns\"} 7",
                "keybaton_agent_checked_in{user=\"backup\"} 1",
                "keybaton_agent_checked_in{user=\"dns\"} 0",
                "keybaton_agent_problem{user=\"dns\",code=\"target-unreadable\"} 1",
                "keybaton_agent_problem{user=\"dns\",code=\"unavailable\"} 1",
            ])
        #expect(!text.contains("AKIA"))
    }

    @Test func `What is not known is missing, not 0`() throws {
        var unread = try RefreshOutcome.example("backup", .unavailable)
        unread.publishedKeyID = nil
        unread.parameterVersion = nil
        let text = metrics(.example([unread]), lastSuccess: nil)
        #expect(!text.contains("holds_published_key"))
        #expect(!text.contains("parameter_version"))
        #expect(!text.contains("last_success"))
        var behind = try RefreshOutcome.example("backup")
        behind.publishedKeyID = AccessKeyID("AKIANEWER77777777777")
        #expect(metrics(.example([behind]), lastSuccess: nil).contains("holds_published_key{user=\"backup\"} 0"))
    }

    @Test func `Prometheus's own parser reads it`() throws {
        let python = Command.run([Self.packageRoot + "/Tests/Sandbox/setup"])
        try #require(python.status == 0, "\(python.output)")
        let text = metrics(
            .example([try .example("a+b=c,d.e@f-g_h"), try .example("dns", .targetUnwritable)]), lastSuccess: 1)
        let script = """
            import sys
            from prometheus_client.parser import text_string_to_metric_families as parse
            for family in parse(sys.stdin.read()):
                assert family.type == "gauge" and family.documentation, family
                for sample in family.samples:
                    assert sample.timestamp is None
                    print(sample.name, sorted(sample.labels.items()), sample.value)
            """
        let interpreter = python.output.split(separator: "\n").last.map(String.init) ?? ""
        let read = Command.run([interpreter, "-c", script], input: text)
        #expect(read.status == 0, "\(read.output)")
        #expect(read.output.contains("keybaton_agent_checked_in [('user', 'a+b=c,d.e@f-g_h')] 1\n"), "\(read.output)")
        #expect(
            read.output.contains("keybaton_agent_problem [('code', 'target-unwritable'), ('user', 'dns')] 1\n"),
            "\(read.output)")
        #expect(read.output.split(separator: "\n").count == 11, "\(read.output)")
    }

    @Test func `The last success stays in the file through failures`() throws {
        try file.runDidEnd(.example([try .example("backup")]))
        try file.runDidEnd(.example([try .example("backup", .unavailable)]))
        try file.runDidEnd(.example(CommandFailure(.temporary, "another run is at work")))
        let text = try #require(directory.text("keybaton.prom"))
        #expect(text.contains("keybaton_agent_last_run_exit_code 75\n"))
        #expect(text.contains("keybaton_agent_last_success_timestamp_seconds 1790000002\n"))
        #expect(directory.names == ["keybaton.prom"])
    }

    @Test func `Everybody may read it, and a link in its place is not followed`() throws {
        directory.write("victim", "precious")
        #expect(symlink("victim", directory.path("keybaton.prom")) == 0)
        try file.runDidEnd(.example([try .example("backup")]))
        #expect(directory.text("victim") == "precious")
        var status = stat()
        #expect(lstat(directory.path("keybaton.prom"), &status) == 0)
        #expect(status.st_mode == S_IFREG | 0o644)
    }

    @Test func `What cannot be replaced is an error in words`() {
        mkdir(directory.path("keybaton.prom"), 0o755)
        let error = #expect(throws: MetricsFileError.self) { try file.runDidEnd(.example([])) }
        #expect(error?.description.contains("were not written: rename") == true, "\(error?.description ?? "")")
    }

    @Test(.enabled(if: isAvailable(geteuid() == 0, "root", for: "metrics in a user's directory")))
    func `Root writes into the exporter's own directory, and follows no link of its user's out of it`() throws {
        for name in ["exporter", "elsewhere"] {
            #expect(mkdir(directory.path(name), 0o755) == 0)
        }
        #expect(chmod(directory.path, 0o755) == 0)
        #expect(chown(directory.path("exporter"), 1234, 1234) == 0)
        let own = MetricsFile(path: directory.path("exporter/keybaton.prom"))
        for _ in 1...2 { try own.runDidEnd(.example([try .example("backup")])) }
        #expect(directory.text("exporter/keybaton.prom")?.contains("last_run") == true)

        #expect(symlink("../elsewhere", directory.path("exporter/link")) == 0)
        #expect(lchown(directory.path("exporter/link"), 1234, 1234) == 0)
        let led = MetricsFile(path: directory.path("exporter/link/keybaton.prom"))
        let error = #expect(throws: MetricsFileError.self) { try led.runDidEnd(.example([])) }
        #expect(error?.description.contains("1234") == true)
        #expect(directory.text("elsewhere/keybaton.prom") == nil)
    }

    @Test func `A file that cannot be written is an error that says so`() {
        let missing = MetricsFile(path: directory.path("none/keybaton.prom"))
        let error = #expect(throws: MetricsFileError.self) { try missing.runDidEnd(.example([])) }
        #expect(error?.description.contains(directory.path("none")) == true)
    }
}
