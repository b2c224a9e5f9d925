import ArgumentParser
import Console
import Glibc
import HostSystem

/// `keybaton-agent doctor`: looks at everything before the first real rotation does.
struct DoctorCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check everything that a run needs, and say how to mend what is wrong",
        discussion: """
            Nothing on this host is changed. In the bucket, this host's check-in is written if there is none yet; it says \
            that the host has not run. Exits with 0 when there is no problem (warnings are none), otherwise with the code \
            that a run would end with.
            """)

    @OptionGroup var configurationOptions: ConfigurationOptions

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func execute(_ context: CommandContext) async throws {
        try await Self.examine(configurationFile: configurationOptions.file, json: json, context)
    }

    /// Prints the report; throws the exit code of its worst problem.
    static func examine(configurationFile: String?, json: Bool, _ context: CommandContext) async throws {
        try await Examination(configurationFile: configurationFile, context: context).execute()
            .conclude(json: json, context)
    }
}

extension Examination {
    /// Of this machine.
    init(configurationFile: String?, context: CommandContext) {
        var environment = context.environment.filter {
            ["HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"].contains($0.key)
        }
        environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
        // Their words are compared.
        environment["LC_ALL"] = "C"
        self.init(
            configurationFile: configurationFile, user: .current(environment: context.environment), context: context,
            tool: { [environment] arguments in
                let paths = arguments.first.map { name in ["/usr/bin", "/bin"].map { "\($0)/\(name)" } } ?? []
                guard let program = paths.first(where: { access($0, X_OK) == 0 }) else { return nil }
                let run = try? ProgramRun(
                    program, arguments: Array(arguments.dropFirst()), environment: environment, timeLimit: .seconds(10))
                return run.map { String(decoding: $0.output, as: UTF8.self) }
            })
    }
}
