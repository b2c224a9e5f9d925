import CredentialsFile
import Glibc
import HostSystem
import HostTestSupport
import Secrets
import Worker

/// A home directory of a user who needs no account: a number is enough.
struct Home {
    let scratch = ScratchDirectory()
    let user: uid_t
    var path: String { scratch.path("home") }
    var file: String { "\(path)/.aws/credentials" }

    init(of user: uid_t) {
        self.user = user
        chmod(scratch.path, 0o755)
        for path in [path, "\(path)/.aws"] {
            mkdir(path, 0o700)
            chown(path, user, user)
        }
    }

    func write(_ text: String, as owner: uid_t? = nil) {
        scratch.write("home/.aws/credentials", text)
        chown(file, owner ?? user, owner ?? user)
    }

    var text: String? { scratch.text("home/.aws/credentials") }

    func target(patience: Duration = .seconds(5)) throws -> TargetDescription {
        TargetDescription(path: file, slot: .awsCredentials(try ProfileName("default")), patience: patience)
    }

    func worker(limit: Duration = .seconds(20), executable: String = builtProgram("keybaton-agent")) -> WorkerProcess {
        WorkerProcess(
            ProcessIdentity(userID: user, groupID: user, groups: []), user: "user \(user)", limit: limit,
            executable: executable)
    }
}

func key(_ letter: Character) -> AccessKey {
    guard let id = AccessKeyID("AKIA" + String(repeating: letter, count: 16)),
        let key = AccessKey(id: id, secret: Secret(Array(("secret/" + String(repeating: letter, count: 33)).utf8)))
    else { preconditionFailure("no key") }
    return key
}

func text(_ key: AccessKey) -> String {
    "# mine\n[default]\naws_access_key_id = \(key.id)\naws_secret_access_key = \(key.secret.reveal())\n"
}

/// Whether users can be become; says so loudly where not.
func isRoot(for test: String) -> Bool { isAvailable(geteuid() == 0, "root", for: test) }
