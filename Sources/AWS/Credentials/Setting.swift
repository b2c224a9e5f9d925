/// How values of the environment and of shared files are read.
enum Setting {
    /// Without white space around it; nil when nothing is left, because blank counts as unset.
    static func nonBlank(_ value: String?) -> String? {
        guard let value else { return nil }
        let trimmed = value.trimmingWhitespace()
        return trimmed.isEmpty ? nil : String(trimmed)
    }

    /// Only `true`, in any case, is true.
    static func isTrue(_ value: String?) -> Bool {
        nonBlank(value)?.lowercased() == "true"
    }
}

extension StringProtocol {
    func trimmingWhitespace() -> SubSequence {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return self[endIndex...] }
        return self[first...last]
    }
}
