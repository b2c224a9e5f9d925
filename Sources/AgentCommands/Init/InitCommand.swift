import ArgumentParser
import Console
import CredentialsFile
import Handover
import HostSystem

/// `keybaton-agent init`: a configuration that works, from a few answers.
struct InitCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a configuration from a few answers, and check everything",
        discussion: """
            What is not given as an option is asked for on a terminal; elsewhere it is an error. The user is guessed from \
            the key that the profile holds, with one call that changes nothing (sts:GetCallerIdentity). An existing \
            configuration is never overwritten without --force, which keeps a copy. No file of ~/.aws is touched.
            """)

    @OptionGroup var configurationOptions: ConfigurationOptions

    @Option(help: "The region of the parameter and the bucket.")
    var region: String?

    @Option(help: "The bucket for check-ins.")
    var bucket: String?

    @Option(help: "The managed IAM user whose key this host uses.")
    var user: String?

    @Option(help: "The parameter that publishes the user's keys (default: /keybaton/USER).")
    var parameter: String?

    @Option(help: "The credentials file to keep up to date (default: ~/.aws/credentials of its owner).")
    var path: String?

    @Option(help: "The profile in it (default: default).")
    var profile: String?

    @Option(help: "The name under which this host checks in (default: its host name and digits of its own).")
    var host: String?

    @Option(help: "Whose file it is, when root runs the agent for others.")
    var owner: String?

    @Flag(help: "Keep the key for programs that never read the file again, too: see `credentials`.")
    var credentialProcess = false

    @Flag(help: "Write over an existing configuration, and keep a copy of it.")
    var force = false

    @Flag(inversion: .prefixedNo, help: "Check everything afterwards.")
    var doctor = true

    func execute(_ context: CommandContext) async throws {
        let running = RunningUser.current(environment: context.environment)
        let file = try NewFile(path: try configurationOptions.file ?? running.configurationPath)
        guard force || !file.exists else {
            throw CommandFailure(
                .configuration,
                "\(file.path) exists; edit it and run `keybaton-agent doctor`, or give --force, which keeps a copy")
        }
        let answers = try await Answers(self, running, context).initialConfiguration()
        // As a run would read it: an answer that will not do is refused before anything is written.
        _ = try AgentConfiguration(text: answers.text, path: file.path, user: running)
        let kept = try file.write(answers.text, directoryPermissions: running.userID == 0 ? 0o755 : 0o700)
        _ = try AgentConfiguration(file: file.path, user: running)
        if let kept { context.output.line("Kept what was there as \(kept).") }
        context.output.line("Wrote \(file.path):\n")
        for line in answers.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            context.output.line("    \(line)")
        }
        context.output.line()
        if credentialProcess { tellOfProcess(answers, context.output) }
        guard doctor else { return }
        try await DoctorCommand.examine(configurationFile: file.path, json: false, context)
    }

    /// With its whole path: who asks the process may have another PATH.
    private var program: String {
        (try? Directory(path: "/proc/self").destination(ofLink: "exe")) ?? "/usr/bin/keybaton-agent"
    }

    private func tellOfProcess(_ answers: InitialConfiguration, _ output: Output) {
        let owner = answers.owner.map { "~\($0)" } ?? "~"
        output.line(
            "For programs that run for long, add to \(owner)/.aws/config, which is yours and so was not touched:\n")
        for line in answers.processProfile(program: program) { output.line("    \(line)") }
        output.line("\nand let them use that profile. It works after the first `keybaton-agent run`.\n")
    }
}
