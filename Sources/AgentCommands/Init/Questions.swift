import Console

/// Asks a person, and checks each answer at once.
struct Questions {
    let input: Input
    let output: Output

    /// Nobody who means it answers wrongly more often.
    private static let patience = 5

    /// The answer, or the default for an empty one. Throws when there is none, or none that is right.
    ///
    /// - Parameter check: throws what is wrong with an answer.
    func ask(
        _ question: String, default standard: String?, check: (String) throws(CommandFailure) -> Void
    ) throws(CommandFailure) -> String {
        for _ in 1...Self.patience {
            output.raw("\(question)\(standard.map { " [\($0.printable)]" } ?? ""): ")
            guard let line = input.line() else { break }
            let answer = line.trimmed.isEmpty ? standard ?? "" : line.trimmed
            do {
                guard !answer.isEmpty else { throw CommandFailure(.usage, "an answer is needed") }
                try check(answer)
                return answer
            } catch {
                output.line("  \(error)")
            }
        }
        output.line()
        throw CommandFailure(.usage, "no answer that can be used; nothing was written")
    }
}

extension String {
    fileprivate var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
