import Console
import FoundationEssentials
import Handover
import Rotation
import Secrets
import Synchronization
import Testing

@testable import RotatorCommands

/// What people read.
struct TextTests {
    private let now = Date(timeIntervalSince1970: 1_795_248_647)

    private func text(_ report: StatusReport) -> String {
        let text = Mutex("")
        let output = Output(isTerminal: false, environment: [:]) { line in text.withLock { $0 += line } }
        StatusText(report).write(to: output)
        return text.withLock { $0 }
    }

    private func user() throws -> StatusReport.User {
        let name = try #require(UserName("backup"))
        let id = try #require(AccessKeyID("AKIAEXAMPLEEXAMPLE02"))
        var journal = Journal(user: name)
        journal.current = .init(id: id, version: 2, publishedAt: now - .days(3))
        let snapshot = JournalSnapshot(journal: journal, etag: "e", lastModified: now - .days(1), now: now)
        let observation = Observation(
            keys: [id: .init(status: .active, createdAt: now - .days(3))],
            parameter: .published(PublishedIDs(new: id, old: nil), version: 2),
            destinations: ["github acme/site": .failing("403: the token may not write secrets")])
        return StatusReport.User(name, snapshot, observation, policy: Policy(retirement: .scheduled))
    }

    @Test func `status says how OLD goes, what comes, which destination fails and what could not be told`() throws {
        var user = try user()
        user.retirement = "scheduled"
        user.upcoming = [.init(step: "rotate", at: now + .days(2))]
        user.undelivered = [
            .init(
                notifier: "sns arn:aws:sns:eu-west-1:1:t", event: "hold", problem: "no\u{1B}[31m topic",
                since: now - .days(1))
        ]
        let text = text(StatusReport(generatedAt: now, users: [user]))
        #expect(text.contains("  OLD goes by age alone\n"))
        #expect(text.contains("  soon  rotate in 2 d\n"))
        #expect(text.contains("  to    github acme/site: 403: the token may not write secrets\n"))
        #expect(text.contains("  untold since 1 d ago: hold by sns"))
        #expect(!text.contains("\u{1B}"))
    }

    @Test func `A report of an earlier version has none of these lines`() throws {
        var user = try user()
        user.retirement = nil
        user.upcoming = nil
        let text = text(StatusReport(generatedAt: now, users: [user]))
        #expect(!text.contains("OLD goes") && !text.contains("soon"))
    }

    @Test func `What a revocation breaks is read before the command that does it`() throws {
        let (new, old) = (
            try #require(AccessKeyID("AKIAEXAMPLEEXAMPLE02")), try #require(AccessKeyID("AKIAEXAMPLEEXAMPLE01"))
        )
        let (name, host) = (try #require(UserName("backup")), try #require(HostID("nas")))
        var journal = Journal(user: name)
        journal.current = .init(id: new, version: 2, publishedAt: now - .days(3))
        journal.previous = .init(id: old, state: .active)
        journal.hosts = [host: .seen]
        let key = Observation.Key(status: .active, createdAt: now - .days(3))
        let observation = Observation(
            keys: [new: key, old: key], parameter: .published(PublishedIDs(new: new, old: old), version: 2),
            destinations: ["github acme/site": .holds(new)],
            checkIns: [
                host: ReportedCheckIn(keyID: new, lastModified: now - .days(1), etag: "e", evidence: .listed)
            ])
        let snapshot = JournalSnapshot(journal: journal, etag: "e", lastModified: now, now: now)
        let impacts = RevocationImpact.all(of: new, observation, from: snapshot)
        #expect(impacts.map(\.course) == [.fallBack, .makeRoom])
        let lines = try #require(impacts.first.map { RevocationText(user: name, key: new, $0).lines })
        #expect(
            lines.prefix(5) == [
                "backup: revoking AKIAEXAMPLEEXAMPLE02 --fall-back", "  stops working AKIAEXAMPLEEXAMPLE02",
                "  cut off       nas", "  unknown       no host", "  destinations  github acme/site",
            ])
        #expect(
            lines.last == "  To do it: keybaton revoke backup --key AKIAEXAMPLEEXAMPLE02 --fall-back --confirm")
        let given = RevokeCommand.options(reason: "it's in git", config: "/etc/a b.toml")
        let same = try #require(impacts.first.map { RevocationText(user: name, key: new, $0, given: given).lines.last })
        #expect(
            same?.hasSuffix(#" --fall-back --reason 'it'\''s in git' --config '/etc/a b.toml' --confirm"#) == true)
    }

    @Test(
        arguments: [
            ("arn:aws:iam::123456789012:role/keybaton", "123456789012"),
            ("arn:aws-cn:iam::123456789012:role/teams/keybaton", "123456789012"),
            ("arn:aws:iam::123456789012:user/keybaton", nil), ("arn:aws:iam::1234:role/keybaton", nil),
            ("arn:aws:iam::123456789012:role/", nil), ("keybaton", nil), ("arn:aws:iam::123456789012:role/a b", nil),
        ] as [(String, String?)])
    func `A role is named by its ARN`(_ text: String, _ account: String?) {
        #expect(RoleARN(text)?.account == account)
    }
}
