import Console
import HostSystem

/// Whom the agent runs as, and where that puts its files.
package struct RunningUser: Sendable, Equatable {
    package let userID: UInt32
    /// Without a final slash; nil when neither HOME nor the user database says.
    package let home: String?
    private let configurationHome: String?
    private let stateHome: String?

    package init(userID: UInt32, home: String?, environment: [String: String]) {
        self.userID = userID
        /// https://specifications.freedesktop.org/basedir-spec/latest/: a path that is not absolute is ignored.
        func directory(_ variable: String) -> String? {
            environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        self.home = directory("HOME") ?? home
        configurationHome = directory("XDG_CONFIG_HOME") ?? self.home.map { "\($0)/.config" }
        stateHome = directory("XDG_STATE_HOME") ?? self.home.map { "\($0)/.local/state" }
    }

    /// The user of this process.
    package static func current(environment: [String: String]) -> RunningUser {
        let id = UserAccount.effectiveUserID
        let user = RunningUser(userID: id, home: nil, environment: environment)
        // The user database may be a directory service far away; and a user that a container made up has no entry.
        guard user.home == nil, let account = try? UserAccount.withID(id) else { return user }
        return RunningUser(userID: id, home: account.home, environment: environment)
    }

    package var configurationPath: String {
        get throws(CommandFailure) {
            if userID == 0 { return "/etc/keybaton-agent/agent.toml" }
            return try known(configurationHome) + "/keybaton-agent/agent.toml"
        }
    }

    package var stateDirectory: String {
        get throws(CommandFailure) {
            if userID == 0 { return "/var/lib/keybaton-agent" }
            return try known(stateHome) + "/keybaton-agent"
        }
    }

    /// An absolute path, with `~/` replaced; nil for any other path, including another user's `~name/`.
    package func expand(_ path: String) -> String? {
        if path.hasPrefix("/") { return path }
        guard path.hasPrefix("~/"), let home else { return nil }
        return home + path.dropFirst()
    }

    private func known(_ directory: String?) throws(CommandFailure) -> String {
        guard let directory else {
            throw CommandFailure(
                .configuration, "the home directory of user \(userID) is not known: set HOME, or give --config FILE")
        }
        return directory
    }
}
