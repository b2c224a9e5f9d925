import AgentCommands
import Console
import FoundationEssentials
import Glibc
import HostSystem
import HTTPTransport

// Before there is a second thread, and before anything reads the environment.
CurlTransport.scrubEnvironment()

@Sendable
func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        // Nobody is left to read it.
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}

let environment = ProcessInfo.processInfo.environment
let context = CommandContext(
    environment: environment,
    output: Output(isTerminal: isatty(STDOUT_FILENO) == 1, environment: environment) { write($0, to: STDOUT_FILENO) },
    messages: Output(isTerminal: isatty(STDERR_FILENO) == 1, environment: environment) { write($0, to: STDERR_FILENO) },
    now: { Date() })
do {
    try disableCoreDumps()
} catch {
    context.log(.warning, "keybaton-agent: core files of this process could not be disabled: \(error)")
}
exit(await runCommand(AgentCommand.self, arguments: Array(CommandLine.arguments.dropFirst()), context: context))
