import FoundationEssentials
import Refresher
import Secrets
import Testing

/// Which hooks a run owes: what goes in, what comes out.
struct HookDebtTests {
    let one = TargetName(path: "/a", profile: "default", format: "aws-credentials")
    let two = TargetName(path: "/b", profile: "", format: "json")
    let old = Scene.key("OLD").id
    let new = Scene.key("NEW").id

    private func owing(_ changes: HookDebt.Change..., hasDirectory: Bool = true) -> HookDebt {
        HookDebt().adding(changes, targets: [one], hasDirectory: hasDirectory)
    }

    @Test func `A change makes its target's hook and the directory owed, each once`() {
        let debt = owing(.init(target: two, old: nil), .init(target: one, old: old), .init(target: one, old: new))
        #expect(debt.entries.map(\.hook) == [.target(one), .directory])
        #expect(debt.entries.map(\.changed) == [["/a"], ["/b", "/a"]])
        #expect(debt.entries.map(\.oldKeyID) == [old, old])
        #expect(owing(.init(target: two, old: old), hasDirectory: false).isEmpty)
        #expect(owing().isEmpty)
    }

    @Test func `The directory becomes its programs, and what is owed of one of them already is not forgotten`() {
        var debt = owing(.init(target: two, old: old)).resolved(HookDirectory(programs: ["a", "b"]), targets: [])
        #expect(debt.entries.map(\.hook) == [.program("a"), .program("b")])
        debt = debt.without(.program("a")).adding([.init(target: one, old: new)], targets: [one], hasDirectory: true)
        let resolved = debt.resolved(HookDirectory(programs: ["a", "b"]), targets: [one])
        #expect(resolved.entries.map(\.hook) == [.target(one), .program("a"), .program("b")])
        #expect(resolved.entries.map(\.changed) == [["/a"], ["/a"], ["/b", "/a"]])
        #expect(resolved.entries.map(\.oldKeyID) == [new, new, old])
    }

    @Test func `A program or hook that is gone is owed no longer; one in a directory that is shut still is`() {
        let debt = owing(.init(target: one, old: old))
        let programs = debt.resolved(HookDirectory(programs: ["a"]), targets: [one])
        #expect(programs.resolved(HookDirectory(), targets: []).isEmpty)
        #expect(programs.resolved(nil, targets: [one]) == programs)
        // It has lost its permission to be run, say: its daemon has not been told.
        #expect(programs.resolved(HookDirectory(others: ["a"]), targets: []).entries.map(\.hook) == [.program("a")])
        #expect(debt.resolved(nil, targets: []).entries.map(\.hook) == [.directory])
    }

    @Test func `It is remembered as it was`() throws {
        let debt = owing(.init(target: one, old: old))
        for value in [debt, debt.resolved(HookDirectory(programs: ["a"]), targets: [one]), HookDebt()] {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            #expect(try JSONDecoder().decode(HookDebt.self, from: try encoder.encode(value)) == value)
        }
    }

    @Test func `A program's output is cut to its last lines and does not show a secret`() {
        let secret = Secret("wJalrXUtnFEMI/K7MDENG")
        let output = "\n" + (1...30).map { "line \($0)\n" }.joined() + "export SECRET=wJalrXUtnFEMI/K7MDENG;wJalr\n\n"
        let lines = HookReport.lines(of: Array(output.utf8), hiding: [secret, Scene.key("NEW").secret])
        #expect(lines.count == 10)
        #expect(lines.last == "export SECRET=<redacted>;wJalr")
        #expect(lines.first == "line 22")
        #expect(HookReport.lines(of: Array(repeating: 0x78, count: 5000), hiding: []).map(\.count) == [300])
    }

    @Test func `Nor does it show the secret of a key that this run knows nothing of`() {
        let output = """
            [dns]
            aws_access_key_id = AKIAIOSFODNN7EXAMPLE
            aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
            the 41 characters wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEYx
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
            wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
            """
        #expect(
            HookReport.lines(of: Array(output.utf8), hiding: []) == [
                "[dns]", "aws_access_key_id = AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key=<redacted>",
                "the 41 characters wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEYx", "\"<redacted>\"", "<redacted>",
            ])
    }
}
