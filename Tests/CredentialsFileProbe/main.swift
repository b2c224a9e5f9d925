// One edit of one file, to be killed and lied to by the tests:
//   CredentialsFileProbe PATH SLOT ID [in-place] [check] < SECRET
// SLOT is env, json, or the profile of a credentials file; with check, nothing is edited.
// Exit code: 0 changed, 3 unchanged, 1 refused (with the reason on standard error), 2 wrong usage.

import CredentialsFile
import Glibc
import Secrets

func say(_ message: String) {
    let line = Array("\(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
}

func fail(_ code: Int32, _ message: String) -> Never {
    say(message)
    exit(code)
}

func slot(_ name: String) throws -> KeySlot {
    switch name {
    case "env": .environment(id: .accessKeyID, secret: .secretAccessKey)
    case "json": .json
    default: .awsCredentials(try ProfileName(name))
    }
}

let arguments = CommandLine.arguments
guard arguments.count >= 4 else { fail(2, "usage: CredentialsFileProbe PATH SLOT ID [in-place] [check] < SECRET") }

var secret = [UInt8](repeating: 0, count: 256)
let count = read(STDIN_FILENO, &secret, secret.count)
guard count >= 0 else { fail(1, "no secret") }

guard let id = AccessKeyID(arguments[3]), let key = AccessKey(id: id, secret: Secret(secret[..<count])) else {
    fail(2, "not an access key")
}

do {
    var options = CredentialsStore.Options(patience: .seconds(20))
    options.allowsRewritingInPlace = arguments.dropFirst(4).contains("in-place")
    let store = CredentialsStore(path: arguments[1], options: options)
    if arguments.dropFirst(4).contains("check") {
        _ = try store.checkWritable(slot(arguments[2]))
        exit(0)
    }
    let result = try store.install(key, in: slot(arguments[2]), replacing: .anything)
    for warning in result.warnings { say("warning: \(warning)") }
    exit(result.changed ? 0 : 3)
} catch {
    fail(1, "\(error)")
}
