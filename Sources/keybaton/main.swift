import Console
import Glibc
import HTTPTransport
import HostSystem
import RotatorCommands

// Taken first: child processes (credential_process) get the environment as it was.
let context = CommandContext.process(processEnvironment())
CurlTransport.scrubEnvironment()
do {
    try disableCoreDumps()
} catch {
    context.log(.error, "keybaton: secrets could end up in a core file: \(error)")
    exit(ExitStatus.unexpected.rawValue)
}
exit(await runCommand(RotatorCommand.self, arguments: Array(CommandLine.arguments.dropFirst()), context: context))
