import FoundationEssentials
import Handover

/// How notices are worded in one language: the texts are data, one file a language.
///
/// A section begins with `[event]` or `[event.step]`; its first line is the subject. A line that names a fact which a notice
/// does not have is left out.
package struct Templates: Sendable {
    struct Section: Hashable {
        var subject: String
        var lines: [String]
    }

    /// A fact is a name, a date or a sentence of somebody's.
    private static let longestFact = 1000
    /// Of notices of one kind that are told in one message.
    private static let longestList = 10

    let sections: [String: Section]

    package init(_ language: Language) {
        sections = Self.sections(of: language.text)
    }

    static func sections(of text: String) -> [String: Section] {
        var sections: [String: Section] = [:]
        var name: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("#") { continue }
            if line.hasPrefix("["), line.hasSuffix("]") {
                name = String(line.dropFirst().dropLast())
            } else if let name {
                if sections[name] == nil {
                    sections[name] = Section(subject: line, lines: [])
                } else {
                    sections[name]?.lines.append(line)
                }
            }
        }
        return sections.mapValues { section in
            // The blank line before the next section.
            let last = section.lines.lastIndex { !$0.isEmpty }
            return Section(subject: section.subject, lines: Array(section.lines.prefix(last.map { $0 + 1 } ?? 0)))
        }
    }

    /// - Parameter notices: of one kind; never empty.
    package func message(for notices: [Notice]) -> Message {
        let first = notices[0]
        let (subject, text) = word(first.template, first.facts)
        let more = notices.count > 1 ? " (+\(notices.count - 1))" : ""
        let others = notices.dropFirst().prefix(Self.longestList - 1).map { word($0.template, $0.facts).text }
        let rest = notices.count > Self.longestList ? ["+\(notices.count - Self.longestList)"] : []
        return Message(
            event: first.event.rawValue, user: first.user, subject: subject + more,
            text: ([text] + others + rest).joined(separator: "\n\n"), at: first.at, isUrgent: first.event.isUrgent,
            facts: first.facts)
    }

    /// What `keybaton notify --test` sends.
    func test(from host: String, at date: Date, of user: UserName?) -> Message {
        let facts = ["host": host]
        let (subject, text) = word("test", facts)
        return Message(event: "test", user: user, subject: subject, text: text, at: date, facts: facts)
    }

    private func word(_ name: String, _ facts: [String: String]) -> (subject: String, text: String) {
        guard let section = sections[name] else {
            preconditionFailure("the texts have no section \(name), which a test looks for")
        }
        let value = { (fact: String) in facts[fact]?.onOneLine(limit: Self.longestFact) }
        let text = section.lines.compactMap { fill($0, value) }.joined(separator: "\n")
        return ((fill(section.subject, value) ?? name).onOneLine(limit: 200), text)
    }
}
