import SandboxSupport

/// One call of one command at one stage of the relay, where a fault strikes.
struct FaultCase: Sendable, CustomStringConvertible {
    let stage: Relay.Stage
    let command: [String]
    let operation: String
    /// A pattern of the sandbox; nil for any.
    var resource: String?
    /// How many such calls go well before.
    var skip = 0
    var kinds: [String]

    var description: String {
        "\(stage): \(command[0]): \(operation)\(resource.map { " \($0)" } ?? "")\(skip > 0 ? " after \(skip)" : "")"
    }

    static let state = "*/state/*"
    static let view = "*/view/*"
    static let acks = "*/acks/*"

    func fault(_ kind: String) -> JSON {
        var rule: [String: JSON] = [
            "kind": .text(kind), "operation": .text(operation), "resource": .text(resource ?? "*"),
            "skip": .number(Double(skip)),
        ]
        switch kind {
        // libcurl repeats by itself what was cut on a kept connection, and several are kept.
        case "drop", "lose", "truncate": rule["count"] = JSON.null
        case "slow": rule["seconds"] = 0.5
        // More than any service's signature window.
        case "skew": rule["seconds"] = 1200
        default: break
        }
        return .object(rule)
    }

    /// The exit codes that tell truly what a fault did to a run that sends everything once.
    static func exitCodes(_ kind: String) -> Set<Int32> {
        switch kind {
        case "conflict": [75]
        case "redirect": [78]
        case "slow": [0]
        // One answer from a wrong clock is believed; the right clock then refuses what was corrected by it.
        case "skew": [0, 69, 75]
        default: [69]
        }
    }
}
