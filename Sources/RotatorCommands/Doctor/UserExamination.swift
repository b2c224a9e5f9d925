import AWS
import Console
import FoundationEssentials
import Handover
import Rotation
import RotationServices

/// Looks at what the rotation of one user needs.
///
/// A permission to change something is proved by a request that cannot change anything, whoever else is at work: AWS judges
/// permissions first, and then refuses it for what it says.
struct UserExamination {
    let user: ManagedUser
    let services: RotatorServices
    /// In the user's account.
    let names: ResourceNames
    let now: @Sendable () -> Date

    var name: String { "\(user.name)" }
    var bucket: String { services.configuration.bucket }

    struct Result {
        var findings: [Finding]
        /// How far S3's clock is ahead of this machine's; nil when the journal could not be asked for.
        var skew: Duration?
    }

    func execute() async -> Result {
        if let role = user.role {
            do {
                _ = try await services.identity(assuming: role)
            } catch {
                return Result(findings: [cannotAssume(role, error)])
            }
        }
        var findings = await keyFindings()
        let snapshot: JournalSnapshot
        do {
            snapshot = try await S3JournalStore(s3: services.s3, bucket: bucket).read(of: user.name)
        } catch {
            let object = ObjectName.journal(of: user.name)
            findings.append(.failed(error, .journal, subject(object), needing: "s3:GetObject", on: resource(object)))
            findings += await parameterFindings(journal: nil) + checkInFindings()
            return Result(findings: findings + [.unknown(.rotation, name, "without its journal it cannot be told")])
        }
        findings.append(journal(snapshot))
        findings += await parameterFindings(journal: snapshot.journal) + checkInFindings()
        do {
            let driver = services.driver(for: user, explainedHosts: Self.explainedHosts)
            let (latest, observation) = try await driver.look()
            let report = StatusReport.User(user.name, latest, observation, policy: user.policy)
            findings += await writingFindings(latest, report)
            findings.append(decision(report))
            findings += destinationFindings(observation, latest.journal)
            findings += await hostFindings(report)
        } catch {
            // Most likely told above in its place.
            findings.append(
                .unknown(
                    .rotation, name,
                    "writing, destinations and hosts were not looked at: \(CommandFailure(error).description)"))
        }
        return Result(findings: findings, skew: .seconds(snapshot.now.timeIntervalSince(now())))
    }

    /// Hosts of which the check-in is read: more than a person reads at one time.
    static let explainedHosts = 100

    private func cannotAssume(_ role: RoleARN, _ error: any Error) -> Finding {
        let failure = CommandFailure(error)
        return .problem(
            failure.status, .credentials, "\(role)", failure.description,
            mend: failure.status == .permission
                ? "allow sts:AssumeRole on \(role), as `keybaton policy rotator` prints it, and let the role trust it, as "
                    + "`keybaton policy trust` does" : nil)
    }

    private func journal(_ snapshot: JournalSnapshot) -> Finding {
        let subject = subject(ObjectName.journal(of: user.name))
        guard snapshot.journal == nil else { return .ok(.journal, subject, "can be read") }
        return .warning(
            .journal, subject, "is not there yet: \(name) is not managed",
            mend: "keybaton init \(name), with --profile NAME where its hosts hold a key already")
    }

    private func decision(_ report: StatusReport.User) -> Finding {
        if report.decision.kind == .hold {
            return .warning(.rotation, name, "holds: \(report.decision.reason)", mend: "keybaton status \(name)")
        }
        return .ok(.rotation, name, "\(report.phase): \(report.decision.reason)")
    }

    func subject(_ object: String) -> String { "s3://\(bucket)/\(object)" }

    func resource(_ object: String) -> String { "\(names.bucket(bucket))/\(object)" }
}
