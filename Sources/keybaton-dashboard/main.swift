import Console
import DashboardCommands
import Glibc
import HTTPTransport
import HostSystem

// Taken first: child processes (credential_process) get the environment as it was.
let context = CommandContext.process(processEnvironment())
CurlTransport.scrubEnvironment()
do {
    try disableCoreDumps()
} catch {
    context.log(.error, "keybaton-dashboard: secrets could end up in a core file: \(error)")
    exit(ExitStatus.unexpected.rawValue)
}
exit(await runCommand(DashboardCommand.self, arguments: Array(CommandLine.arguments.dropFirst()), context: context))
