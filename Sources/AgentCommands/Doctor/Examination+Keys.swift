import Console
import CredentialsFile
import FoundationEssentials
import Handover
import HostSystem
import Refresher

extension Examination {
    func keys(
        _ configuration: AgentConfiguration, _ state: AgentState, _ services: AWSKeyServices?,
        _ host: HostDescription?, _ findings: inout [Finding]
    ) async {
        var places: [LongRunningProgram.Place] = []
        var accounts: [String: [String]] = [:]
        let opener = TargetOpener(for: user)
        for key in configuration.keys {
            let result = await KeyExamination(
                user: key.user, parameter: key.parameter,
                expectedPrincipal: key.expectedPrincipal ?? state[user: key.user]?.principal,
                region: configuration.region, bucket: configuration.bucket, host: host,
                targets: key.targets.map(opener.open), rendezvous: key.rendezvous.map(rendezvous),
                services: services,
                now: context.now
            ).execute()
            findings += result.findings + key.targets.compactMap { conflict(in: $0) }
            if let debt = state[user: key.user]?.owedHooks, !debt.isEmpty { findings.append(.owed(debt, key.user)) }
            if let account = result.principal?.home?.account { accounts[account, default: []].append("\(key.user)") }
            let restarted = Set(key.targets.filter { !$0.hook.isEmpty }.map { [$0.path, $0.slot.name] })
            places += result.places.filter { !restarted.contains([$0.path, $0.profile]) }
        }
        if accounts.count > 1 { findings.append(severalAccounts(accounts, configuration.bucket)) }
        findings += programs(places, since: state.lastInstallation)
    }

    private func rendezvous(_ rendezvous: AgentConfiguration.Rendezvous) -> KeyExamination.Rendezvous {
        KeyExamination.Rendezvous(place: "\(rendezvous.path) (\(rendezvous.profile))") { try rendezvous.key() }
    }

    private func severalAccounts(_ accounts: [String: [String]], _ bucket: String) -> Finding {
        let names = accounts.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value.joined(separator: ", ")))" }
        return .warning(
            .key, nil, "the users belong to several accounts: \(names.joined(separator: ", "))",
            mend:
                "the bucket's own policy must let those of the other accounts write to \(bucket); or give each account a "
                + "configuration of its own, and --config")
    }

    /// Not in a directory of somebody else's, where root opens nothing.
    private func conflict(in target: AgentConfiguration.Target) -> Finding? {
        guard case .awsCredentials(let profile) = target.slot, let slash = target.path.lastIndex(of: "/"),
            user.userID != 0 || isRootsOwn(target.path)
        else { return nil }
        return ProfileConflict.finding(
            path: target.path, profile: profile.text, config: smallFile("\(target.path[...slash])config"))
    }

    private func isRootsOwn(_ path: String) -> Bool {
        if case .nobody = try? PathOwner(of: path) { true } else { false }
    }

    /// - Parameter date: when a key was installed last; what runs since before that has not read it.
    private func programs(_ places: [LongRunningProgram.Place], since date: Date?) -> [Finding] {
        let age = date.map { Duration.seconds(max(context.now().timeIntervalSince($0), 0)) }
        let processes = RunningProcess.all(of: user.userID == 0 ? nil : user.userID)
        return LongRunningProgram.find(among: processes, using: places, olderThan: age).map(\.finding)
    }
}

extension Finding {
    /// Hooks that failed, or were cut off: until they succeed this host does not acknowledge NEW.
    fileprivate static func owed(_ debt: HookDebt, _ user: UserName) -> Finding {
        .warning(
            .hook, user.description,
            "\(debt.entries.count) of an earlier run are owed, because they failed or were cut off",
            mend: "keybaton-agent run runs them again; keybaton-agent status tells what they said")
    }
}

extension AgentState {
    var lastRun: Date? { allRuns.map(\.finishedAt).max() }

    /// The end of the newest run that changed a file.
    var lastInstallation: Date? { allRuns.filter { !$0.rewritten.isEmpty }.map(\.finishedAt).max() }
}
