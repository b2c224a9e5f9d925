package import ArgumentParser
import Console

/// `keybaton-dashboard`.
package struct DashboardCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keybaton-dashboard",
        abstract: "Show which host holds which access key, and what the rotator does next; changes nothing",
        discussion: """
            `keybaton run` leaves its last look at every user in the bucket; this adds what hosts have reported since. It \
            needs to read `view/` and `acks/` there, and nothing else: `keybaton policy dashboard` prints the policy.
            """,
        version: keybatonVersion, subcommands: [ServeCommand.self, ExportCommand.self])

    package init() {}
}
