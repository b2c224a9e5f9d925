import AWS
import ArgumentParser
import Console
import FoundationEssentials
import Testing

@testable import RotatorCommands

/// What the rotator's doctor makes of what it saw.
struct ExaminationTests {
    private func users(_ name: String) throws -> [ManagedUser] {
        try ConfigurationFile.decode(
            RotatorConfiguration.self, from: PolicyWriterTests.head + "[[user]]\nname = \"\(name)\"\n", path: "x"
        ).users(path: "x")
    }

    @Test(
        "Who asks is told, and doubted where it is the root or the user itself",
        arguments: [
            ("arn:aws:iam::123456789012:root", .warning), ("arn:aws:iam::123456789012:user/backup", .warning),
            ("arn:aws:iam::123456789012:user/ci/backup", .warning), ("arn:aws:iam::123456789012:user/rotator", .ok),
            ("arn:aws:sts::123456789012:assumed-role/rotator/backup", .ok),
        ] as [(String, Finding.Verdict)])
    func identities(arn: String, verdict: Finding.Verdict) throws {
        let finding = Examination.judge(arn: arn, account: "123456789012", try users("backup"))
        #expect(finding.verdict == verdict && finding.subject == arn)
        #expect((finding.mend == nil) == (verdict == .ok))
    }

    @Test(
        "An id, an ARN and an alias of one key are told apart from those of another",
        arguments: [
            ("1234", "arn:aws:kms:eu-west-1:123456789012:key/1234", true),
            ("alias/a", "arn:aws:kms:eu-west-1:123456789012:alias/a", true), ("alias/a", "alias/b", false),
            ("1234", "12345", false),
        ])
    func kmsKeys(left: String, right: String, same: Bool) {
        #expect(UserExamination.isSame(left, right) == same)
    }

    @Test("Every command that a mend begins with can be typed")
    func mends() throws {
        let root = String(#filePath.dropLast("Tests/RotatorCommandsTests/ExaminationTests.swift".count))
        let folder = root + "Sources/RotatorCommands/Doctor"
        let values = [
            ("\\(name)", "backup"), ("\\(host.host)", "nas-1a2b3c4d"), (" or keybaton", ", or keybaton"),
            (" publishes", ", publishes"), (" makes", ", makes"),
        ]
        var count = 0
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".swift") {
            let bytes = try #require(FileManager.default.contents(atPath: "\(folder)/\(file)"))
            let text = values.reduce(String(decoding: bytes, as: UTF8.self)) { $0.replacing($1.0, with: $1.1) }
            // Beside the first words of a mend, those after "for good:" and the like.
            for start in ["mend: \"", "; for good: ", ", then again: ", "; ", ", or "] {
                for part in text.split(separator: "\(start)keybaton ", omittingEmptySubsequences: false).dropFirst() {
                    let command = part.prefix { !",;\"".contains($0) }.split(separator: " ").map { String($0) }
                    #expect(throws: Never.self, "keybaton \(command)") { try RotatorCommand.parseAsRoot(command) }
                    count += 1
                }
            }
        }
        #expect(count >= 7)
    }

    @Test(
        "An agent's version is compared by its numbers",
        arguments: [
            ("0.1.0", "0.1.0", false), ("0.1.0", "0.2.0", true), ("0.9.0", "0.10.0", true), ("1.0", "1.0.1", true),
            ("2.0.0", "1.9.9", false), ("dev", "1.0.0", false),
        ])
    func versions(version: String, other: String, older: Bool) {
        #expect(UserExamination.isOlder(version, than: other) == older)
    }
}
