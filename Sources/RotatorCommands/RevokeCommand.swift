import ArgumentParser
import Console
import Handover
import Rotation
import Secrets

struct RevokeCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Make a leaked key useless at once, whoever breaks",
        discussion: """
            Without --confirm it only shows which hosts would lose access, and what to type. With it the key is \
            deactivated, AWS is asked until it refuses the key, and only then another one is made and published, so that \
            whoever has the leaked one cannot read the next. What is interrupted `keybaton run` goes on with.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var argument: UserArgument
    @Option(help: ArgumentHelp("The id of the leaked key.", valueName: "id")) var key: String
    @Flag(help: "Do it.") var confirm = false
    @Flag var course: RevocationCourse?
    @Option(help: "Why; kept in the journal (default: \(RevokeCommand.usualReason)).") var reason: String?
    @OptionGroup var change: ChangeOptions

    private static let usualReason = "it leaked"

    func validate() throws {
        if AccessKeyID(key) == nil { throw ValidationError("\(key.printable) is not the id of an access key") }
        try ReasonOption.check(reason ?? Self.usualReason)
    }

    func execute(_ context: CommandContext) async throws {
        guard let id = AccessKeyID(key) else { return }
        let services = try options.services(context)
        let user = try await services.user(named: argument.user)
        let request = Request.revoke(
            id, course: course, reason: (reason ?? Self.usualReason).printable,
            by: operatorName(context.environment) ?? "unknown")
        if confirm, !change.dryRun {
            return try await services.perform(request, Roster(users: [user]), change, context)
        }
        guard let look = await services.look(at: [user]).first else { return }
        let (snapshot, observation) = try look.seen.get()
        let impacts = RevocationImpact.all(of: id, observation, from: snapshot).filter {
            course == nil || $0.course == nil || $0.course == course
        }
        // Where nothing can be revoked, the planner says why.
        let decision = Planner.decide(
            observation, from: snapshot, policy: user.policy,
            request: .revoke(
                id, course: course ?? impacts.first?.course, reason: (reason ?? Self.usualReason).printable,
                by: "unknown"))
        guard case .act = decision else {
            return try await services.rehearse(request, Roster(users: [user]), json: change.json, context)
        }
        if change.json {
            try context.printJSON(RevocationReport(user: user.name, key: id, choices: impacts.map { .init($0) }))
        } else {
            let given = Self.options(reason: reason, config: options.config)
            for impact in impacts {
                RevocationText(user: user.name, key: id, impact, given: given).lines.forEach { context.output.line($0) }
            }
        }
        throw ExitCode(ExitStatus.wouldChange.rawValue)
    }

    /// What was given, as it is typed again.
    static func options(reason: String?, config: String?) -> [String] {
        [("--reason", reason), ("--config", config)].compactMap { name, value in
            value.map { "\(name) \($0.quotedForShell)" }
        }
    }
}

extension RevocationCourse: EnumerableFlag {
    static func name(for value: RevocationCourse) -> NameSpecification { .customLong(value.rawValue) }

    static func help(for value: RevocationCourse) -> ArgumentHelp? {
        switch value {
        case .fallBack: "Where OLD lives beside a leaked NEW: OLD becomes NEW again."
        case .makeRoom: "The same: OLD is revoked too, and another key is made."
        }
    }
}

/// What `keybaton revoke` prints without --confirm: what each way of revoking the key breaks.
struct RevocationText {
    let lines: [String]

    /// - Parameter given: options to repeat in the command, quoted.
    init(user: UserName, key: AccessKeyID, _ impact: RevocationImpact, given: [String] = []) {
        let course = impact.course.map { " --\($0.rawValue)" } ?? ""
        func row(_ title: String, _ names: [some CustomStringConvertible], _ none: String) -> String {
            let text = names.isEmpty ? none : names.map { "\($0)" }.joined(separator: ", ")
            return "  \(title)\(String(repeating: " ", count: 14 - title.count))\(text)".printable
        }
        lines = [
            "\(user): revoking \(key)\(course)",
            row("stops working", impact.keys, "nothing"),
            row("cut off", impact.broken, "no host that was seen with it"),
            row("unknown", impact.unknown, "no host"),
            row("destinations", impact.destinations, "none"),
            "  \(impact.remark)",
            "  To do it: keybaton revoke \(user) --key \(key)\(course)\(given.map { " \($0)" }.joined()) --confirm"
                .printable,
        ]
    }
}

extension String {
    /// One word of a shell's command, whatever is in it.
    fileprivate var quotedForShell: String { "'\(replacing("'", with: #"'\''"#))'" }
}

/// The same as JSON, schema 1.
struct RevocationReport: Encodable {
    struct Choice: Encodable {
        var course: String?
        var keys: [AccessKeyID]
        var broken: [HostID]
        var unknown: [HostID]
        var destinations: [String]
        var remark: String

        init(_ impact: RevocationImpact) {
            course = impact.course?.rawValue
            keys = impact.keys
            broken = impact.broken
            unknown = impact.unknown
            destinations = impact.destinations
            remark = impact.remark
        }
    }

    var schema = 1
    let dryRun = true
    var user: UserName
    var key: AccessKeyID
    var choices: [Choice]

    private enum CodingKeys: String, CodingKey {
        case schema, user, key, choices
        case dryRun = "dry_run"
    }
}
