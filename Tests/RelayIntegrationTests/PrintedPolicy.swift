import FoundationEssentials
import HostTestSupport
import SandboxSupport
import Testing

/// A policy as `keybaton policy` prints it, from which single rights can be taken.
struct PrintedPolicy {
    let statements: [JSON]

    init(_ relay: Relay, _ part: String...) throws {
        let printed = relay.finish(relay.start(["policy"] + part + ["--account", relay.sandbox.account]))
        try #require(printed.status == 0, "\(printed.output)")
        statements = try #require(
            JSONDecoder().decode(JSON.self, from: Data(printed.output.utf8))["Statement"]
        ).elements
        try #require(!statements.isEmpty)
    }

    private init(statements: [JSON]) { self.statements = statements }

    /// One action of one statement.
    struct Right: Sendable, CustomStringConvertible {
        var statement: Int
        var action: String
        var resource: String
        var description: String { "\(action) on \(resource)" }
    }

    var rights: [Right] {
        statements.enumerated().flatMap { index, statement in
            (statement["Action"]?.elements ?? []).compactMap(\.text).map {
                Right(statement: index, action: $0, resource: statement["Resource"]?.elements.first?.text ?? "")
            }
        }
    }

    var document: JSON { Policies.document(statements) }

    func without(_ right: Right) -> JSON {
        var left = statements
        guard case .object(var statement) = left[right.statement] else { return document }
        let actions = (statement["Action"]?.elements ?? []).filter { $0.text != right.action }
        statement["Action"] = .array(actions)
        left[right.statement] = .object(statement)
        // A statement without actions is none.
        if actions.isEmpty { left.remove(at: right.statement) }
        return Policies.document(left)
    }

    /// With the statements of another one.
    func and(_ other: PrintedPolicy) -> PrintedPolicy { PrintedPolicy(statements: statements + other.statements) }
}
