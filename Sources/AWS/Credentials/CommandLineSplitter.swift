/// Splits the value of `credential_process` into arguments.
enum CommandLineSplitter {
    /// As POSIX shells do, and so the AWS CLI (`shlex`), but without any expansion: quotes of both kinds, backslash
    /// outside quotes, and before `"` and `\` inside double quotes. Nil when a quote is not closed.
    static func split(_ line: String) -> [String]? {
        var arguments: [String] = []
        var current: String?
        var quote: Character?
        var characters = line[...]
        while let character = characters.popFirst() {
            switch (character, quote) {
            case ("'", nil), ("\"", nil):
                quote = character
                current = current ?? ""
            case (_, character?): quote = nil
            case ("\\", nil):
                guard let next = characters.popFirst() else { return nil }
                current = (current ?? "") + String(next)
            case ("\\", "\""):
                guard let next = characters.popFirst() else { return nil }
                current = (current ?? "") + (next == "\"" || next == "\\" ? "" : "\\") + String(next)
            case (_, nil) where character.isWhitespace:
                if let argument = current { arguments.append(argument) }
                current = nil
            default: current = (current ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        if let argument = current { arguments.append(argument) }
        return arguments
    }
}
