import AgentCommands
import Console
import HTTPTransport
import HostSystem

// Before there is a second thread, and before anything reads the environment.
CurlTransport.scrubEnvironment()
let context = CommandContext.process(processEnvironment())
do {
    try disableCoreDumps()
} catch {
    context.log(.warning, "keybaton-agent: core files of this process could not be disabled: \(error)")
}
MainThread.run { [context] in
    await runCommand(AgentCommand.self, arguments: Array(CommandLine.arguments.dropFirst()), context: context)
}
