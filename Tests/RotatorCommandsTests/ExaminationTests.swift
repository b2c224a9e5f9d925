import AWS
import Console
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
