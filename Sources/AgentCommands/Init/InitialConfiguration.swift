/// A configuration's text from a few answers.
struct InitialConfiguration {
    var region: String
    var bucket: String
    var host: String?
    var user: String
    /// Nil: the default of the user's name.
    var parameter: String?
    var path: String
    var profile: String
    var owner: String?
    /// Whether the key is kept for a `credential_process`, too.
    var hasProcess: Bool
    /// Whether `/etc/cron.daily` starts the agent. The packaged timer has a random delay of its own, and a `splay` beside it
    /// would make the next run due too early.
    var isStartedByCron = false

    /// As TOML. The answers need not be valid: the reader of the text says what is wrong with them.
    var text: String {
        var lines = [
            "# Written by `keybaton-agent init`. Everything that can be said here: man keybaton-agent.toml",
            setting("region", region), setting("bucket", bucket),
        ]
        if let host { lines.append(setting("host", host)) }
        if isStartedByCron {
            lines += [
                "", "# cron starts every host at the same minute; `run --splay 0s` starts at once.",
                setting("splay", "30m"),
            ]
        }
        lines += ["", "[[key]]", setting("user", user)]
        if let parameter { lines.append(setting("parameter", parameter)) }
        lines += ["", "[[key.target]]", setting("path", path), setting("profile", profile)]
        if let owner { lines.append(setting("owner", owner)) }
        if hasProcess {
            lines += ["", "# Read by `keybaton-agent credentials`.", "[[key.target]]", setting("format", "json")]
            if let processPath { lines.append(setting("path", processPath)) }
            if let owner { lines.append(setting("owner", owner)) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// In the home directory that the path names; nil: the default, in that of the owner.
    private var processPath: String? {
        let ending = "/.aws/credentials"
        guard path.hasSuffix(ending), !path.hasPrefix("~/") else { return nil }
        return path.dropLast(ending.count) + "/.aws/keybaton/\(user).json"
    }

    /// For programs that never read the file again.
    ///
    /// A profile of its own: beside a key in the credentials file, the AWS CLI and botocore never ask a process. It is not
    /// written by `init`, because `~/.aws/config` belongs to its owner, who may have said other things about the profile.
    func processProfile(program: String) -> [String] {
        let name = profile == user ? "\(user)-keybaton" : user
        return ["[profile \(name)]", "credential_process = \(program) credentials --user \(user)"]
    }

    private func setting(_ name: String, _ value: String) -> String { "\(name) = \(quoted(value))" }

    /// A basic string: https://toml.io/en/v1.0.0#string
    private func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
