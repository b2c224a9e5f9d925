import ArgumentParser
import Console
import Worker

/// `keybaton-agent worker`: what the agent starts as root to edit another user's files with that user's rights.
struct WorkerCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Edit files as another user; the agent starts this itself",
        shouldDisplay: false)

    func execute(_ context: CommandContext) async throws {
        do {
            try WorkerService().run()
        } catch {
            throw CommandFailure(.unexpected, "\(error)")
        }
    }
}
