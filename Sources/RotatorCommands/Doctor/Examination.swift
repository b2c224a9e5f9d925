import AWS
import Console
import FoundationEssentials
import Handover
import Notifications

/// Looks at everything that a run needs, changes nothing, and says how to mend what it finds.
///
/// Every check is made, whatever came of those before it, as far as there is something to check.
struct Examination {
    /// Nil: where the running user's is.
    let configurationFile: String?
    /// Nobody: all of them.
    let users: [String]
    let context: CommandContext

    /// Throws when one of the users is not configured: then the question is wrong.
    func execute() async throws(CommandFailure) -> DoctorReport {
        var findings: [Finding] = []
        guard let services = load(&findings) else {
            return report(
                findings + [.unknown(.credentials, nil, "without a configuration nothing else was looked at")])
        }
        let roster = try await services.roster(of: self.users)
        guard let identity = await identity(services, roster.users, &findings) else {
            return report(
                findings + [.unknown(.bucket, services.configuration.bucket, "nobody could be asked about it")])
        }
        let bucket = BucketExamination(services: services, account: identity.account)
        findings += await bucket.findings()
        findings += roster.problems.map(\.finding)
        var skews: [Duration] = []
        for user in roster.users {
            let names = ResourceNames(
                region: services.configuration.region, account: user.role?.account ?? identity.account)
            let result = await UserExamination(
                user: user, services: services, names: names, now: context.now
            ).execute()
            findings += result.findings
            if let skew = result.skew { skews.append(skew) }
        }
        findings.append(.clock(skews))
        findings += notifiers(services)
        findings.append(
            .unknown(
                .host, nil, "whether the hosts' key may read its parameter and check in cannot be seen from here",
                mend: "on each host: keybaton-agent doctor; `keybaton policy agent` prints what it needs"))
        return report(findings)
    }

    private func report(_ findings: [Finding]) -> DoctorReport {
        DoctorReport(findings, urgency: ExitStatus.rotatorsByUrgency)
    }

    private func load(_ findings: inout [Finding]) -> RotatorServices? {
        do {
            let services = try RotatorServices(configurationPath: configurationFile, context)
            let path = configurationFile ?? RotatorServices.defaultPath(context.environment)
            findings.append(.ok(.configuration, path, "can be used"))
            return services
        } catch {
            let failure = CommandFailure(error)
            findings.append(.problem(failure.status, .configuration, nil, failure.description, mend: nil))
            return nil
        }
    }

    private func notifiers(_ services: RotatorServices) -> [Finding] {
        guard let notices = services.notices else { return [] }
        return notices.subscriptions.map { subscription in
            let events = Notice.Event.allCases.filter(subscription.events.contains).map(\.rawValue)
            return .ok(.notifier, subscription.notifier.name, "is told of \(events.joined(separator: ", "))")
        } + [
            .unknown(
                .notifier, nil, "whether what is told arrives cannot be proved without telling something",
                mend: "keybaton notify --test")
        ]
    }

    /// Nil when AWS does not answer, or not to these credentials: then nothing else is asked in vain.
    private func identity(
        _ services: RotatorServices, _ users: [ManagedUser], _ findings: inout [Finding]
    ) async -> STSClient.CallerIdentity? {
        do {
            let identity = try await services.identity()
            findings.append(Self.judge(arn: identity.arn, account: identity.account, users))
            return identity
        } catch {
            let failure = CommandFailure(error)
            findings.append(
                .problem(
                    failure.status, .credentials, nil, failure.description,
                    mend: error is AWSError
                        ? nil : "`aws sts get-caller-identity` looks for credentials in the same places"))
            return nil
        }
    }

    static func judge(arn: String, account: String, _ users: [ManagedUser]) -> Finding {
        if arn.hasSuffix(":root") {
            return .warning(
                .credentials, arn, "the account's root may do everything, and cannot be limited",
                mend: "make a user or a role for the rotator, with what `keybaton policy rotator` prints, and use that")
        }
        // `user/PATH/NAME`.
        let isUser = arn.split(separator: ":").last?.hasPrefix("user/") == true
        let name = arn.split(separator: "/").last.map(String.init)
        if isUser, let user = users.first(where: { $0.name.description == name }) {
            return .warning(
                .credentials, arn,
                "the rotator works with the key of \(user.name), which it rotates itself: without an agent on this "
                    + "machine it locks itself out",
                mend: "give the rotator an identity of its own, with what `keybaton policy rotator` prints")
        }
        return .ok(.credentials, arn, "is who asks, in account \(account)")
    }
}

extension Roster.Problem {
    fileprivate var finding: Finding {
        status == .success
            ? .warning(.configuration, user?.description, description, mend: nil)
            : .problem(status, .configuration, user?.description, description, mend: nil)
    }
}
