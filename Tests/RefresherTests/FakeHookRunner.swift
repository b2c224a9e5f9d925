import Refresher
import Synchronization

/// Hooks in memory: what was run, and with what result.
final class FakeHookRunner: HookRunner {
    struct State {
        var directory = HookDirectory()
        var isDirectoryUsable = true
        /// The names of programs that fail.
        var failing: Set<String> = []
        var output = ""
        var commands: [HookCommand] = []
        /// Called at the start of each run of a hook.
        var whenRun: @Sendable () -> Void = {}
    }

    let state = Mutex(State())

    var commands: [HookCommand] { state.withLock { $0.commands } }
    var names: [String] { commands.map(\.program.name) }

    func directory() throws -> HookDirectory {
        try state.withLock { state in
            guard state.isDirectoryUsable else { throw FakeTarget.Refusal(description: "hooks.d: not usable") }
            return state.directory
        }
    }

    func run(_ command: HookCommand) -> HookEnd {
        state.withLock { state in
            state.whenRun()
            state.commands.append(command)
            let hasFailed = state.failing.contains(command.program.name)
            return HookEnd(failure: hasFailed ? "exit code 3" : nil, output: Array(state.output.utf8))
        }
    }
}

extension HookCommand.Program {
    var name: String {
        switch self {
        case .arguments(let arguments): arguments.joined(separator: " ")
        case .inDirectory(let name): name
        }
    }
}
