import Console
import Destinations
import Handover
import Rotation

/// `[[user.program]]`: a program that is given the key on its standard input.
struct ProgramSettings: DestinationSettings {
    /// The program's whole path, then its arguments.
    var command: [String]
    /// A program that prints the id of the key that is stored.
    var check: [String]?
    /// For messages, and to tell two uses of one program apart.
    var name: String?
    /// For each; a minute unless given.
    var timeout: DurationText?

    func check(for user: UserName) throws(InvalidSetting) {
        try Self.check(command, "command")
        if let check { try Self.check(check, "check") }
        // IAM allows such a name, and whoever may make users would choose an option of the program.
        if user.description.hasPrefix("-"), (command + (check ?? [])).contains(where: { $0.hasPrefix("{user}") }) {
            throw InvalidSetting(
                "program: an argument that begins with {user} would be an option for this user: write another before it, as in "
                    + "\"--user={user}\"")
        }
        if let name, name.isEmpty || name.printable != name {
            throw InvalidSetting("program.name: write a name that can be read, or leave it out")
        }
        // Beside the rest of a run, within the time for which one rotator has the say.
        if let timeout, !(.seconds(1)...(.seconds(300))).contains(timeout.duration) {
            throw InvalidSetting("program.timeout: write a time from 1s to 5m")
        }
    }

    func destinations(for user: UserName, _ services: DestinationServices) -> [any Destination] {
        [
            ProgramDestination(
                command: command.map { $0.naming(user) }, check: check?.map { $0.naming(user) },
                name: name?.naming(user),
                user: user, timeLimit: timeout?.duration ?? .seconds(60))
        ]
    }

    /// It is told whose key it is given.
    func realm(assuming role: RoleARN?) -> String? { nil }

    private static func check(_ arguments: [String], _ key: String) throws(InvalidSetting) {
        guard let program = arguments.first, program.hasPrefix("/"), !program.hasSuffix("/") else {
            throw InvalidSetting(
                "program.\(key): write the program with its whole path, then its arguments, as in "
                    + "[\"/usr/local/bin/push\", \"--quiet\"]")
        }
        guard arguments.allSatisfy({ !$0.utf8.contains(0) }) else {
            throw InvalidSetting("program.\(key): an argument has a zero byte")
        }
    }
}
