package import Handover

/// What the agent remembers between runs. It decides nothing about what is installed: the files are the truth.
package struct AgentState: Hashable, Sendable, Codable {
    package static let schema = 1
    private static let keptRuns = 10

    package struct Record: Hashable, Sendable, Codable {
        /// Whose the user's keys are, as first seen: NEW must belong to the same.
        package var principal: Principal?
        /// Nil: none.
        package var owedHooks: HookDebt?
        /// The newest first.
        package var runs: [RefreshOutcome] = []

        private enum CodingKeys: String, CodingKey {
            case principal, runs
            case owedHooks = "owed_hooks"
        }
    }

    package private(set) var schema = AgentState.schema
    private var records: [String: Record] = [:]

    package init() {}

    package subscript(user user: UserName) -> Record? { records[user.description] }

    /// Of all users, in no particular order.
    package var allRuns: [RefreshOutcome] { records.values.flatMap(\.runs) }

    package mutating func add(_ outcome: RefreshOutcome) {
        var record = records[outcome.user.description] ?? Record()
        record.principal = outcome.principal ?? record.principal
        record.runs = Array(([outcome] + record.runs).prefix(Self.keptRuns))
        records[outcome.user.description] = record
    }

    package mutating func remember(_ debt: HookDebt, of user: UserName) {
        records[user.description, default: Record()].owedHooks = debt.isEmpty ? nil : debt
    }

    private enum CodingKeys: String, CodingKey {
        case schema
        case records = "users"
    }
}
