import Secrets

/// What a program said, fit to be shown to people: its last lines, without any part of the secret that it was given.
struct ProgramOutput {
    /// Shorter runs of a secret occur by chance, and tell nobody anything.
    private static let telling = 8
    private static let lineLimit = 3
    private static let characterLimit = 400

    private let lines: [String]

    init(_ bytes: [UInt8], hiding secret: Secret?) {
        let parts = secret.map { Self.parts(of: $0) } ?? []
        lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            let text = Self.printable(line)
            guard !text.isEmpty else { return nil }
            // Whatever a program makes of `/` and `+` in it, the letters between them stay.
            return parts.contains(where: text.contains) ? "(a line with a part of the secret)" : text
        }
    }

    /// One line; empty when nothing was said.
    var lastLines: String {
        let text = lines.suffix(Self.lineLimit).joined(separator: " / ")
        return text.count > Self.characterLimit ? "…\(text.suffix(Self.characterLimit))" : text
    }

    var lastLine: String? { lines.last }

    private static func printable(_ line: Substring) -> String {
        let visible = line.unicodeScalars.filter { ![.control, .format].contains($0.properties.generalCategory) }
        let text = String(String.UnicodeScalarView(visible))
        return String(text.drop { $0 == " " })
    }

    private static func parts(of secret: Secret) -> [String] {
        let letters = Array(secret.reveal())
        return letters.indices.dropLast(telling - 1).map { String(letters[$0..<($0 + telling)]) }
    }
}
