import AgentCommands
import Console
import Glibc
import HTTPTransport
import HostSystem

// Before there is a second thread, and before anything reads the environment.
CurlTransport.scrubEnvironment()
// Ignored, as whoever starts this process may have left it, the ends of its children could not be seen.
signal(SIGCHLD, SIG_DFL)
let context = CommandContext.process(processEnvironment())
do {
    try disableCoreDumps()
} catch {
    context.log(.warning, "keybaton-agent: core files of this process could not be disabled: \(error)")
}
MainThread.run { [context] in
    await runCommand(AgentCommand.self, arguments: Array(CommandLine.arguments.dropFirst()), context: context)
}
