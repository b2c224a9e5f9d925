/// Runs programs of this host with the agent's own rights.
package protocol HookRunner: Sendable {
    /// The programs of the hooks directory.
    ///
    /// Throws, with what to do, when there is a directory that must or can not be used.
    func directory() throws -> HookDirectory

    /// Runs a program to its end, or until it has had its time.
    func run(_ command: HookCommand) -> HookEnd
}

/// What is in a hooks directory.
package struct HookDirectory: Hashable, Sendable {
    /// The names of the programs, in the order in which they are run. None when there is no directory.
    package var programs: [String] = []
    /// The names of what is there and cannot be run.
    package var others: Set<String> = []
    /// Why it cannot.
    package var warnings: [String] = []

    package init(programs: [String] = [], others: Set<String> = [], warnings: [String] = []) {
        self.programs = programs
        self.others = others
        self.warnings = warnings
    }
}

/// What is to be run.
package struct HookCommand: Hashable, Sendable {
    package enum Program: Hashable, Sendable {
        /// A program and its arguments.
        case arguments([String])
        /// A name of `HookDirectory.programs`.
        case inDirectory(String)
    }

    package let program: Program
    /// Said to the program beside what every program is told. No secret: others can read it in /proc.
    package let environment: [String: String]

    package init(program: Program, environment: [String: String]) {
        self.program = program
        self.environment = environment
    }
}

/// How a hook ended.
package struct HookEnd: Hashable, Sendable {
    /// Why it counts as failed, such as `exit code 3`, and what to do if that is not plain; nil when it succeeded.
    package let failure: String?
    /// The end of what it wrote to standard output and standard error, from the beginning of a line.
    package let output: [UInt8]

    package init(failure: String?, output: [UInt8]) {
        self.failure = failure
        self.output = output
    }
}

/// What hooks there are for a managed user.
package struct Hooks: Sendable {
    /// A program and its arguments, for those targets that have a hook.
    package let arguments: [TargetName: [String]]
    package let runner: any HookRunner

    package init(arguments: [TargetName: [String]], runner: any HookRunner) {
        self.arguments = arguments
        self.runner = runner
    }
}
