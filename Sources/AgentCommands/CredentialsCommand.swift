import ArgumentParser
import Console
import FoundationEssentials
import Handover
import HostSystem
import Secrets

/// `keybaton-agent credentials`: a `credential_process` for `~/.aws/config`.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
struct CredentialsCommand: ContextualCommand {
    /// How long programs may use what they got before they ask again.
    ///
    /// SDKs ask again before the end: botocore 15 minutes, JavaScript 5, Java seconds, Go not at all. With an hour
    /// none of them asks at every request, all of them ask at least hourly, and OLD lives for days after a rotation.
    private static let validity: TimeInterval = 3600

    static let configuration = CommandConfiguration(
        commandName: "credentials", abstract: "Print a user's key for AWS tools, which ask again by themselves",
        discussion: """
            For programs that never read ~/.aws/credentials again. Give the user a target with format = "json" in the \
            configuration, and tell the tools in ~/.aws/config:

                [profile backup]
                credential_process = /usr/bin/keybaton-agent credentials --user backup

            A profile of the same name in ~/.aws/credentials would come first: remove it there. Reads one file, which \
            must belong to whoever runs this and be readable for nobody else; needs no configuration and no network. \
            Exit codes: 78 there is no such file, 77 it is not this user's alone, 65 it is not what the agent writes, \
            64 usage; then nothing is printed but the reason, on standard error.
            """)

    @Option(
        help: ArgumentHelp("Whose key: the file ~/.aws/keybaton/NAME.json.", valueName: "name"), transform: userName)
    var user: UserName?

    @Option(
        help: ArgumentHelp("The file, if the target has a path of its own.", valueName: "path"), completion: .file())
    var file: String?

    func validate() throws {
        if user == nil, file == nil { throw ValidationError("give --user NAME, or --file PATH") }
    }

    func execute(_ context: CommandContext) async throws {
        let key = try KeyFile(path: try path(context)).read()
        let expiration = (context.now() + Self.validity).formatted(.iso8601)
        if context.output.isTerminal {
            context.messages.line("The secret below is for programs: they read it by credential_process.")
        }
        // Nothing in it needs an escape: a key's characters are checked, a date has none.
        context.output.line(
            """
            {"Version":1,"AccessKeyId":"\(key.id)","SecretAccessKey":"\(key.secret.reveal())",\
            "Expiration":"\(expiration)"}
            """)
    }

    private func path(_ context: CommandContext) throws(CommandFailure) -> String {
        let written = file ?? user.map { "~/.aws/keybaton/\($0).json" } ?? ""
        let running = RunningUser.current(environment: context.environment)
        if let path = running.expand(written) { return path }
        guard written.hasPrefix("~/") else {
            throw CommandFailure(.usage, "--file \(written): give an absolute path, or one below ~/")
        }
        throw CommandFailure(
            .configuration, "the home directory of user \(running.userID) is not known: set HOME, or give --file PATH")
    }
}

@Sendable
private func userName(_ text: String) throws -> UserName {
    guard let name = UserName(text) else {
        throw ValidationError("\(text.debugDescription) is not the name of an IAM user")
    }
    return name
}
