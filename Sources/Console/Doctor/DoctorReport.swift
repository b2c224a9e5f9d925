import ArgumentParser
import FoundationEssentials

/// What `doctor --json` of every program prints, schema 1: `{"schema", "exit", "findings": [{"check", "subject", "verdict",
/// "message", "mend"}]}`.
///
/// A verdict is `ok`, `warning`, `problem` or `unknown` (could not be looked at). Nothing here is secret.
package struct DoctorReport: Encodable {
    private let schema = 1
    private let exit: Int32
    package let findings: [Finding]
    /// What needs a person first; warnings are no failure.
    package let status: ExitStatus

    private enum CodingKeys: CodingKey {
        case schema, exit, findings
    }

    /// - Parameter urgency: which of several problems' exit codes counts.
    package init(_ findings: [Finding], urgency: [ExitStatus] = ExitStatus.byUrgency) {
        self.findings = findings
        let all = Set(findings.filter { $0.verdict == .problem }.map(\.status))
        status = urgency.first(where: all.contains) ?? (all.isEmpty ? .success : .unexpected)
        exit = status.rawValue
    }

    /// Prints the findings; throws the exit code of the worst problem.
    package func conclude(json: Bool, _ context: CommandContext) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            context.output.line(String(decoding: try encoder.encode(self), as: UTF8.self))
        } else {
            lines(for: context.output).forEach { context.output.line($0) }
        }
        if status != .success { throw ExitCode(status.rawValue) }
    }

    /// For people: a line for each finding, and below it what to do.
    package func lines(for output: Output) -> [String] {
        findings.flatMap { lines(of: $0, output) } + ["", summary]
    }

    private func lines(of finding: Finding, _ output: Output) -> [String] {
        let indentation = String(repeating: " ", count: 9)
        let verdict = finding.verdict.rawValue
        let word = finding.verdict == .problem ? output.styled(verdict, .red) : verdict
        let subject = finding.subject.map { " \($0)" } ?? ""
        let sentences = "\(finding.check.rawValue)\(subject): \(finding.message)".split(separator: "\n").map {
            String($0).printable
        }
        let first = word + indentation.dropFirst(verdict.count) + (sentences.first ?? "")
        // Marked, because it may be a host's text, which must not look like advice.
        let others = sentences.dropFirst().map { "\(indentation)| \($0)" }
        return [first] + others + (finding.mend.map { ["\(indentation)→ \($0.printable)"] } ?? [])
    }

    private var summary: String {
        func count(_ verdict: Finding.Verdict, _ word: String) -> String? {
            let count = findings.count { $0.verdict == verdict }
            return count == 0 ? nil : "\(count) \(word)\(count == 1 ? "" : "s")"
        }
        let counts = [count(.problem, "problem"), count(.warning, "warning")].compactMap(\.self)
        return counts.isEmpty ? "All is well." : counts.joined(separator: ", ") + "."
    }
}

extension Finding: Encodable {
    private enum CodingKeys: CodingKey {
        case check, subject, verdict, message, mend
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(check, forKey: .check)
        try container.encodeIfPresent(subject, forKey: .subject)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(message, forKey: .message)
        try container.encodeIfPresent(mend, forKey: .mend)
    }
}
