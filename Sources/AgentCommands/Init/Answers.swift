import Console
import CredentialsFile
import Handover
import HostSystem

/// The answers that a configuration needs: from the options, else from the person at the terminal, else by default.
struct Answers {
    private let options: InitCommand
    private let running: RunningUser
    private let guess: Guess
    /// Nil where nobody can be asked.
    private let questions: Questions?
    private let check: ConfigurationCheck

    init(_ options: InitCommand, _ running: RunningUser, _ context: CommandContext) {
        self.options = options
        self.running = running
        guess = Guess(user: running, environment: context.environment)
        let isWatched = context.input.isTerminal && context.messages.isTerminal
        questions = isWatched ? Questions(input: context.input, output: context.messages) : nil
        check = ConfigurationCheck(path: "that will not do", user: running)
    }

    /// Throws when an answer is missing; those that were given are not all checked.
    func initialConfiguration() async throws -> InitialConfiguration {
        let owner = try owner()
        let profile = try answer(options.profile, "Profile in the credentials file", default: "default") {
            text throws(CommandFailure) in _ = try check.profile(text, "profile")
        }
        let region = try answer(
            options.region, "Region of the parameter and the bucket", option: "region",
            default: owner == nil ? guess.region(profile: profile) : nil
        ) { text throws(CommandFailure) in _ = try check.region(text) }
        let bucket = try answer(options.bucket, "Bucket for check-ins", option: "bucket", default: nil) {
            text throws(CommandFailure) in _ = try check.bucket(text)
        }
        let path = options.path ?? "~/.aws/credentials"
        let user = try await user(path: path, profile: profile, owner: owner, region: region)
        return InitialConfiguration(
            region: region, bucket: bucket, host: options.host, user: user, parameter: try parameter(of: user),
            path: path, profile: profile, owner: owner, hasProcess: options.credentialProcess,
            isStartedByCron: running.userID == 0 && !Schedule.systemdIsInit())
    }

    /// Root is asked, because an agent of root serves others as a rule. Nil: whose the path is.
    private func owner() throws(CommandFailure) -> String? {
        if let owner = options.owner { return owner }
        guard running.userID == 0, options.path == nil, questions != nil else { return nil }
        let owner = try answer(nil, "Whose ~/.aws/credentials", default: "root") { text throws(CommandFailure) in
            guard (try? UserAccount.named(text)) != nil else {
                throw CommandFailure(.usage, "this machine has no user `\(text)`")
            }
        }
        return owner == "root" ? nil : owner
    }

    private func user(path: String, profile: String, owner: String?, region: String) async throws -> String {
        if let user = options.user { return user }
        var found: String?
        let account = owner.flatMap { try? UserAccount.named($0) }
        let home = account?.home ?? running.home
        let absolute = path.hasPrefix("~/") ? home.map { $0 + path.dropFirst() } : path
        if let absolute, let profile = try? ProfileName(profile) {
            found = await guess.userName(
                of: AgentConfiguration.Target(
                    path: absolute, slot: .awsCredentials(profile), owner: account, group: nil, permissions: nil,
                    allowsRewritingInPlace: false, hook: []), region: region)
        }
        return try answer(nil, "Managed IAM user", option: "user", default: found) { text throws(CommandFailure) in
            guard UserName(text) != nil else { throw CommandFailure(.usage, "`\(text)` is not an IAM user's name") }
        }
    }

    private func parameter(of user: String) throws(CommandFailure) -> String? {
        if let parameter = options.parameter { return parameter }
        // What is no name at all is refused with the whole.
        guard let name = UserName(user), name.defaultParameter == nil else { return nil }
        return try answer(nil, "Parameter that publishes the keys of \(user)", option: "parameter", default: nil) { _ in
        }
    }

    /// - Parameter option: for the error where nobody can be asked and there is no default.
    private func answer(
        _ given: String?, _ question: String, option: String = "", default standard: String?,
        check: (String) throws(CommandFailure) -> Void
    ) throws(CommandFailure) -> String {
        if let given { return given }
        if let questions { return try questions.ask(question, default: standard, check: check) }
        guard let standard else {
            throw CommandFailure(.usage, "--\(option) is missing, and there is nobody to ask; nothing was written")
        }
        return standard
    }
}
