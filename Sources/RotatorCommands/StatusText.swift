import Console
import FoundationEssentials
import Handover
import Rotation
import Secrets

/// `keybaton status` for people: the verdict first, then the keys, then the hosts.
struct StatusText {
    private let report: StatusReport

    init(_ report: StatusReport) {
        self.report = report
    }

    func write(to output: Output) {
        for (index, user) in report.users.enumerated() {
            if index > 0 { output.line() }
            write(user, to: output)
        }
    }

    private func write(_ user: StatusReport.User, to output: Output) {
        let style: Output.Style = user.decision.kind == .hold ? .red : .bold
        output.line(output.styled("\(user.user): \(user.phase.rawValue)", style))
        output.line("  next  \(Self.sentence(user.decision, now: report.generatedAt))")
        for key in user.revocation?.keys ?? [] {
            output.line("  leaked \(key.id) is revoked: \(key.state.rawValue) since \(relative(key.since))".printable)
        }
        for step in user.upcoming ?? [] {
            output.line("  soon  \(step.step) \(relative(step.at))".printable)
        }
        if let new = user.new {
            let age = new.createdAt.map { ", made \(relative($0))" } ?? ""
            output.line("  NEW   \(new.id)\(age), published as version \(new.version)")
        }
        if let old = user.old {
            let use = old.lastUsed.map { ", last used \(relative($0.at)) for \($0.service) in \($0.region)" } ?? ""
            output.line("  OLD   \(old.id) is \(old.status)\(use)".printable)
        }
        if let retirement = user.retirement.flatMap({ Retirement(rawValue: $0) }) {
            output.line("  OLD goes \(retirement.inWords)")
        }
        for destination in user.destinations {
            let state = destination.problem ?? (destination.holdsNew ? "holds NEW" : "does not hold NEW yet")
            output.line("  to    \(destination.name): \(state)".printable)
        }
        for notice in user.undelivered ?? [] {
            let end = notice.isTriedAgain == false ? ", and not tried any more" : ""
            output.line(
                "  untold since \(relative(notice.since))\(end): \(notice.event) by \(notice.notifier): \(notice.problem)"
                    .printable)
        }
        writeHosts(user, to: output)
    }

    private func writeHosts(_ user: StatusReport.User, to output: Output) {
        guard !user.hosts.isEmpty else {
            output.line("  no host has checked in")
            return
        }
        let expected = user.hosts.filter(\.expected)
        let done = expected.count { $0.state == .current || $0.state == .waived }
        output.line("  \(done) of \(expected.count) hosts hold NEW or are waived")
        var table = Table("HOST", "STATE", "KEY", "LAST SEEN", "")
        for host in user.hosts {
            table.add(
                host.host.description, (Self.mark[host.state] ?? "") + " " + host.state.rawValue,
                host.keyID?.description ?? "-", host.lastSeen.map(relative) ?? "never",
                remark(host, new: user.new) + (host.expected ? "" : " (not expected)"))
        }
        for line in table.lines { output.line("  " + line) }
    }

    private func remark(_ host: StatusReport.Host, new: StatusReport.New?) -> String {
        if let problem = host.problem { return "\(problem)" }
        // After a roll-back the host's key is NEW again, and what it said before speaks of another publication.
        return host.state == .behind && host.keyID == new?.id ? "has not checked in since NEW was published" : ""
    }

    /// Told by shape and word: colour alone says nothing to many.
    private static let mark: [StatusReport.Host.State: String] = [
        .current: "✓", .behind: "○", .problem: "✗", .silent: "…", .waived: "–",
    ]

    private func relative(_ date: Date) -> String { RotatorServices.relative(date, to: report.generatedAt) }

    static func sentence(_ decision: StatusReport.DecisionReport, now: Date) -> String {
        switch decision.kind {
        case .act: "\(decision.action ?? "act"), because \(decision.reason)"
        case .wait:
            "wait: \(decision.reason)"
                + (decision.until.map { " (\(RotatorServices.relative($0, to: now)))" } ?? "")
        case .hold: "hold: \(decision.reason)"
        }
    }
}

extension Retirement {
    /// When OLD goes, after "OLD goes".
    fileprivate var inWords: String {
        switch self {
        case .acknowledged: "when every host has acknowledged NEW"
        case .scheduled: "by age alone"
        case .nextRotation: "when the next rotation begins"
        }
    }
}
