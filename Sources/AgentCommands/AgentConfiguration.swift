package import Console
package import CredentialsFile
package import HTTPTransport
package import Handover
package import HostSystem
package import Refresher

/// The agent's configuration, checked: whatever is in here can be used as it is.
package struct AgentConfiguration: Sendable, Equatable {
    package struct Key: Sendable, Equatable {
        package var user: UserName
        package var parameter: String
        /// Whose NEW must be, whatever the keys held say.
        package var expectedPrincipal: Principal?
        /// The way back for a host that slept through several rotations.
        package var rendezvous: Rendezvous?
        package var targets: [Target]
    }

    /// A separate identity that may only read the parameter and check in.
    package struct Rendezvous: Sendable, Equatable {
        /// An AWS credentials file; absolute.
        package var path: String
        package var profile: ProfileName
    }

    package struct Target: Sendable, Hashable {
        /// Absolute.
        package var path: String
        package var slot: KeySlot
        /// With whose rights the file is touched; nil: those of whom the path belongs to.
        package var owner: UserAccount?
        /// For a file that is made; nil: the owner's. What exists keeps its own.
        package var group: UInt32?
        /// For a file that is made; nil: its owner only. What exists keeps its own.
        package var permissions: UInt16?
        /// Whether a file that is mounted by itself may be rewritten in place, which is not atomic.
        package var allowsRewritingInPlace: Bool
        /// A program and its arguments, run after a change; empty: none.
        package var hook: [String]
    }

    package var region: String
    package var bucket: String
    /// Nil: derived from the machine.
    package var host: HostID?
    /// A run that nobody watches starts after a random part of it.
    package var splay: Duration?
    /// How often runs are started: for saying when the next one is due, not for starting any.
    package var every: Duration
    package var adoptAfter: Duration
    /// Absolute; nil: where the running user keeps such things.
    package var stateDirectory: String?
    /// Told of every run's start and end.
    package var ping: HTTPURL?
    /// A Prometheus text file; absolute.
    package var textfile: String?
    /// Holds programs that are run, in the order of their names, after a run that changed something; absolute.
    /// Nil: `defaultHooksDirectory`, if there is one.
    package var hooksDirectory: String?
    /// `hooks.d` beside the configuration; absolute.
    package var defaultHooksDirectory: String
    /// How long one hook may take.
    package var hookTimeout: Duration
    package var keys: [Key]

    /// From the start of one run to that of the next, at the most. Where runs are not spread by this configuration, the
    /// packaged timer does it, over four hours.
    package var longestPause: Duration { every + (splay ?? .seconds(4 * 3600)) }

    /// Reads and checks a file.
    package init(file path: String, user: RunningUser) throws(CommandFailure) {
        let text = try ConfigurationFile.read(
            path, whenMissing: "`keybaton-agent init` writes one; or give --config FILE")
        try self.init(text: text, path: path, user: user)
    }

    /// Checks the text of a configuration; every error names the file, the setting and what to do.
    package init(text: String, path: String, user: RunningUser) throws(CommandFailure) {
        let document = try ConfigurationFile.decode(AgentDocument.self, from: text, path: path)
        let check = ConfigurationCheck(path: path, user: user)
        region = try check.region(document.region)
        bucket = try check.bucket(document.bucket)
        host = document.host
        splay = document.splay?.duration
        every = document.every?.duration ?? .seconds(86_400)
        adoptAfter = document.adoptAfter?.duration ?? .seconds(60)
        hookTimeout = document.hookTimeout?.duration ?? .seconds(60)
        ping = try check.ping(document.ping)
        stateDirectory = try check.absolute(document.stateDirectory, "state_directory")
        textfile = try check.textfile(document.textfile)
        hooksDirectory = try check.absolute(document.hooks, "hooks")
        defaultHooksDirectory = try check.besideIt("hooks.d")
        keys = []
        for (index, key) in document.keys.enumerated() {
            keys.append(try check.key(key, number: index + 1))
        }
        try check.all(keys)
    }
}
