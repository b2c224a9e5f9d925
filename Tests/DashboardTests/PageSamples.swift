import Testing
import Dashboard
import FoundationEssentials
import Handover
import Rotation
import Secrets

/// Users in every phase, on a fixed clock. All names and ids are invented.
enum PageSamples {
    static let now = Date(timeIntervalSince1970: 1_790_000_000)

    static func ago(_ hours: Double) -> Date { now.addingTimeInterval(-hours * 3600) }

    static func user(
        _ name: String, _ phase: Phase, hosts: [StatusReport.Host] = [], decision: StatusReport.DecisionReport? = nil
    ) throws -> StatusReport.User {
        var user = StatusReport.User(
            user: try #require(UserName(name)), phase: phase,
            hosts: hosts,
            decision: decision
                ?? .init(kind: .wait, action: nil, reason: "NEW is 12 days old", until: ago(-18 * 24)))
        user.new = .init(id: try key("NEW"), version: 7, publishedAt: ago(24), createdAt: ago(24.1))
        user.old = .init(
            id: try key("OLD"),
            status: phase == .steady ? "deleted" : phase == .observing ? "inactive" : "active",
            lastUsed: .init(at: ago(3), service: "s3", region: "eu-west-1"))
        user.retirement = "acknowledged"
        return user
    }

    static func key(_ word: String) throws -> AccessKeyID {
        try #require(AccessKeyID("AKIA\(word)EXAMPLE000042"))
    }

    static func host(
        _ name: String, _ state: StatusReport.Host.State, key word: String? = nil, seen hours: Double? = 3,
        problem: CheckIn.Problem? = nil, verified: Bool? = true
    ) throws -> StatusReport.Host {
        let id = try key(word ?? (state == .current ? "NEW" : "OLD"))
        var host = StatusReport.Host(
            host: try #require(HostID(name)), expected: true, state: state, keyID: hours == nil ? nil : id,
            lastSeen: hours.map(ago), problem: problem, verified: verified)
        if hours != nil {
            host.details = try details(of: host.host, key: id)
        }
        return host
    }

    static func details(
        of host: HostID, key: AccessKeyID, target: String = "/home/alice/.aws/credentials"
    ) throws -> StatusReport.HostDetails {
        let checkIn = CheckIn(
            host: host, hostName: host.description, user: try #require(UserName("backup")),
            parameter: "/keybaton/backup",
            parameterVersion: 7, keyID: key, problem: nil, startedAt: ago(3), finishedAt: ago(3),
            targets: [
                .init(path: target, profile: "default", format: "aws-credentials", keyID: key, problem: nil),
                .init(path: "/etc/restic/env", profile: "default", format: "env", keyID: key, problem: nil),
            ],
            agentVersion: "0.3.0", operatingSystem: "Debian GNU/Linux 12", architecture: "x86_64", clockSkew: 0.4,
            nextRunDue: ago(-21))
        return StatusReport.HostDetails(checkIn, verified: true)
    }

    static func snapshot(_ users: [StatusReport.User], problem: String? = nil) -> Snapshot {
        Snapshot(
            report: StatusReport(generatedAt: now, users: users),
            freshness: Freshness(
                asOf: now, readAt: problem == nil ? now : ago(5), problem: problem,
                users: Dictionary(
                    uniqueKeysWithValues: users.map { ($0.user, .init(viewedAt: ago(1), listedAt: now)) })))
    }

    static func revocation(of word: String, _ state: Journal.Revocation.State) throws -> Journal.Revocation {
        .init(keys: [.init(id: try key(word), state: state, since: ago(1))], reason: "found in a paste", by: "alice")
    }

    /// Events are made by journals alone.
    static func event(at: Date, by: String, what: String) throws -> Journal.Event {
        struct Written: Encodable {
            let at: Date
            let by: String
            let what: String
        }
        return try JSONDecoder().decode(
            Journal.Event.self, from: JSONEncoder().encode(Written(at: at, by: by, what: what)))
    }

    /// A rotation that waits for one of four hosts.
    static func distributing(_ name: String = "backup") throws -> StatusReport.User {
        var user = try user(
            name, .distributing,
            hosts: [
                host("desktop-5e6f7a8b", .current, seen: 2), host("laptop", .current, seen: 0.2, verified: false),
                host("nas-1", .current), host("nas-2", .behind, seen: 30),
            ],
            decision: .init(
                kind: .wait, action: nil,
                reason: "3 of 4 hosts hold NEW; OLD stays until nas-2 reports NEW; a hold when the deadline has passed",
                until: ago(-13 * 24)))
        user.upcoming = [.init(step: "rotate", at: ago(-29 * 24))]
        user.destinations = [
            .init(name: "secrets-manager keys/backup", holdsNew: true, problem: nil),
            .init(name: "github acme/site", holdsNew: true, problem: nil),
        ]
        return user
    }

    /// One that holds, with all that can go wrong.
    static func held(_ name: String = "photos") throws -> StatusReport.User {
        var user = try user(
            name, .distributing,
            hosts: [
                host(
                    "attic-pi", .problem, seen: 5,
                    problem: .init(
                        code: "target-unwritable", message: "/home/alice/.aws/credentials: read-only file system")),
                host("old-nas", .silent, seen: 24 * 19), host("new-nas", .current), host("shed", .waived, seen: nil),
            ],
            decision: .init(
                kind: .hold, action: nil,
                reason: "1 of 3 hosts hold NEW; OLD stays until attic-pi and old-nas report NEW, and the deadline has "
                    + "passed. Wake them, or run `keybaton waive photos --host attic-pi --reason …`", until: nil))
        user.destinations = [
            .init(name: "github acme/site", holdsNew: false, problem: "403: the token lacks `secrets: write`"),
            .init(name: "gitlab acme/site", holdsNew: true, problem: nil),
        ]
        user.undelivered = [
            .init(notifier: "webhook ntfy", event: "hold", problem: "could not connect to 192.0.2.7", since: ago(9))
        ]
        user.waivers = [
            .init(
                subject: .host(try #require(HostID("shed"))), version: 7, reason: "roof is leaking, powered off",
                by: "alice",
                at: ago(20))
        ]
        user.history = [
            try event(at: ago(24 * 31), by: "keybaton", what: "deleted `AKIAOLDEXAMPLE000041`"),
            try event(at: ago(24), by: "keybaton", what: "published AKIANEWEXAMPLE000042 as version 7"),
            try event(at: ago(20), by: "alice", what: "waived shed: roof is leaking, powered off"),
        ]
        return user
    }

    /// One of each kind.
    static func all() throws -> [StatusReport.User] {
        [
            try distributing(), try held(),
            try user("media", .steady, hosts: [host("tv", .current), host("kodi-0a1b2c3d", .current, seen: 21)]),
            try user("git-mirror", .settling, hosts: [host("git", .current)]),
            try user("vault", .observing, hosts: [host("safe", .current), host("cellar", .current)]),
        ]
    }
}
