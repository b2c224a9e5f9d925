package import ArgumentParser
import Console

/// `keybaton-dashboard`.
package struct DashboardCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keybaton-dashboard",
        abstract: "Show which host holds which access key, and what the rotator does next; changes nothing",
        version: keybatonVersion)

    package init() {}
}
