import ArgumentParser
import Console

/// `keybaton doctor`: looks at everything before the first rotation does.
struct DoctorCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check everything that a run needs, and say how to mend what is wrong",
        discussion: """
            Nothing is changed: what must be allowed to change something is asked for in a form that AWS refuses for \
            another reason once it has allowed it. What cannot be found out in this way is named. Exits with 0 when there \
            is no problem (warnings are none), otherwise with the code that a run would end with.
            """)

    @OptionGroup var options: CommonOptions
    @Argument(help: "Only these users.") var users: [String] = []
    @Flag(help: "Print the findings as JSON, schema 1.") var json = false

    func execute(_ context: CommandContext) async throws {
        try await Examination(configurationFile: options.config, users: users, context: context).execute()
            .conclude(json: json, context)
    }
}
