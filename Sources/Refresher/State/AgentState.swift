import FoundationEssentials
package import Handover

/// What the agent remembers between runs. It decides nothing about what is installed: the files are the truth.
///
/// Runs are kept as they were written. A run needs only the owners of the keys and adds a line of its own; decoding ten
/// earlier runs to write them again took a twelfth of its time.
package struct AgentState: Hashable, Sendable {
    private static let keptRuns = 10

    package struct Record: Hashable, Sendable {
        /// Whose the user's keys are, as first seen: NEW must belong to the same.
        package fileprivate(set) var principal: Principal?
        /// The newest first; each the JSON of a `RefreshOutcome`, which has no line break.
        fileprivate var lines: [String] = []
        /// The hooks that the next run has to run.
        package fileprivate(set) var owedHooks = HookDebt()

        /// The newest first. Complete in a state that was loaded by `StateDirectory.load`.
        package var runs: [RefreshOutcome] { lines.compactMap(RefreshOutcome.init(line:)) }
    }

    /// By the user's name.
    private var records: [String: Record] = [:]

    package init() {}

    package subscript(user user: UserName) -> Record? { records[user.description] }

    /// Of all users, in no particular order.
    package var allRuns: [RefreshOutcome] { records.values.flatMap(\.runs) }

    package mutating func add(_ outcome: RefreshOutcome) throws {
        var record = records[outcome.user.description] ?? Record()
        record.principal = outcome.principal.flatMap { $0.fitsInLine ? $0 : nil } ?? record.principal
        record.lines = Array(([try outcome.line] + record.lines).prefix(Self.keptRuns))
        records[outcome.user.description] = record
    }

    /// Forgets the oldest run of every user; false when there is none left to forget.
    mutating func forgetOldestRuns() -> Bool {
        let hasRuns = records.values.contains { !$0.lines.isEmpty }
        for user in records.keys { _ = records[user]?.lines.popLast() }
        return hasRuns
    }

    package mutating func remember(_ debt: HookDebt, of user: UserName) {
        records[user.description, default: Record()].owedHooks = debt
    }
}

/// The file:
///
///     keybaton-agent state 2
///     owner backup arn:aws:iam::123456789012:user/backup
///     owed backup [{"changed":["/home/alice/.aws/credentials"],"hook":{"program":"restart"},"old_key_id":"AKIA…"}]
///     run backup {"checked_in":true,…}
extension AgentState {
    private static let header = "keybaton-agent state 2"

    /// Nil for anything but what `text` gives. Runs are not looked into.
    init?(text: String) {
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"))[...]
        guard lines.popFirst()?.elementsEqual(Self.header.utf8) == true, text.utf8.last == UInt8(ascii: "\n") else {
            return nil
        }
        for line in lines {
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2).map { String(Substring($0)) }
            guard words.count == 3 else { return nil }
            var record = records[words[1]] ?? Record()
            switch words[0] {
            case "owner" where record.principal == nil: record.principal = Principal(arn: words[2])
            case "owed":
                // Not passed over: a program would keep a key that is going to be deleted.
                guard let debt = try? JSONDecoder().decode(HookDebt.self, from: Data(words[2].utf8)) else { return nil }
                record.owedHooks = debt
            case "run": record.lines.append(words[2])
            default: return nil
            }
            records[words[1]] = record
        }
    }

    var text: String {
        get throws {
            var text = Self.header + "\n"
            for (user, record) in records.sorted(by: { $0.key < $1.key }) {
                if let principal = record.principal { text += "owner \(user) \(principal)\n" }
                if !record.owedHooks.isEmpty { text += "owed \(user) \(try lineOfJSON(record.owedHooks))\n" }
                for line in record.lines { text += "run \(user) \(line)\n" }
            }
            return text
        }
    }

    /// Whether every run is one that this version understands.
    var hasReadableRuns: Bool { records.values.allSatisfy { $0.runs.count == $0.lines.count } }
}

extension RefreshOutcome {
    fileprivate init?(line: String) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let outcome = try? decoder.decode(Self.self, from: Data(line.utf8)) else { return nil }
        self = outcome
    }

    fileprivate var line: String {
        get throws { try lineOfJSON(self) }
    }
}

private func lineOfJSON(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

extension Principal {
    /// What IAM allows in a path and a name does; anything else is no ARN, and is not remembered.
    fileprivate var fitsInLine: Bool { !arn.isEmpty && arn.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}
