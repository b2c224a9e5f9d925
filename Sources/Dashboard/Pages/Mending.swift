package import Handover

/// What helps against a problem that a host reports. The codes are the agent's; hosts may be older or newer than this page.
package enum Mending {
    /// With commands between backticks.
    package static func advice(for problem: CheckIn.Problem, of user: UserName) -> String {
        switch problem.code {
        case "unknown-key":
            "If the key in its file may be replaced, run `keybaton-agent run --adopt` on it; otherwise give the profile another name."
        case "no-key", "keys-refused":
            "It cannot come back by itself: give it the new key once, or a rendezvous profile; `keybaton-agent doctor` says how."
        case "foreign-key":
            "The parameter names a key of somebody else. Find out who wrote it before anything else."
        case "parameter-unreadable", "parameter-missing":
            "Look at the parameter, then at `keybaton plan`: the rotator publishes the last good version again."
        case "target-unreadable", "target-unwritable":
            "Mend the file: full disk, rights or a read-only mount. The next run installs the new key."
        case "hook-failed":
            "The key is installed, and a program was not told. Mend the hook; the next run runs it again."
        case "not-proved":
            "AWS did not accept the new key yet. The next run tries again."
        case "access-denied", "refused":
            "Compare its policy with `keybaton policy agent`, and region and bucket with its configuration."
        case "unavailable":
            "AWS or the network did not answer. The next run tries again."
        case "clock":
            "Set its clock: it is too wrong for AWS."
        case "check-in-refused":
            "What it sent does not count. If its agent is of the same version as the rotator, somebody else writes in its name."
        case "not-run-yet":
            "It was looked at and has not run: start its timer, or run `keybaton-agent run`."
        default:
            "Run `keybaton-agent doctor` on it."
        }
    }
}
