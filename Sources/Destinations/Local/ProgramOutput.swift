import Secrets

/// What a program said: its lines, without what only a terminal understands.
struct ProgramOutput {
    /// Shorter runs of a secret occur by chance, and tell nobody anything.
    private static let telling = 8
    /// Of every secret access key; the one that is replaced is not known here, and a program may show it.
    private static let secretLength = 40
    private static let lineLimit = 3
    private static let characterLimit = 400

    private let lines: [String]

    init(_ bytes: [UInt8]) {
        lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { Self.printable($0) }.filter { !$0.isEmpty }
    }

    var lastLine: String? { lines.last }

    /// The last lines in one, fit to be shown to people: without any that holds a part of the secret that the program was
    /// given, or what may be another secret access key. Empty when nothing was said.
    func lastLines(hiding secret: Secret) -> String {
        let parts = Self.parts(of: secret)
        let text = lines.suffix(Self.lineLimit).map { line in
            // Whatever a program makes of `/` and `+` in it, the letters between them stay.
            if parts.contains(where: line.contains) { return "(a line with a part of the secret)" }
            return Self.mayHoldSecret(line) ? "(a line with what may be a secret)" : line
        }.joined(separator: " / ")
        return text.count > Self.characterLimit ? "…\(text.suffix(Self.characterLimit))" : text
    }

    private static func printable(_ line: Substring) -> String {
        let visible = line.unicodeScalars.filter { ![.control, .format].contains($0.properties.generalCategory) }
        let text = String(String.UnicodeScalarView(visible))
        return String(text.drop { $0 == " " })
    }

    private static func mayHoldSecret(_ line: String) -> Bool {
        line.utf8.split { !isOfSecrets($0) }.contains { $0.count >= secretLength }
    }

    private static func isOfSecrets(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "+"):
            true
        default: false
        }
    }

    private static func parts(of secret: Secret) -> [String] {
        let letters = Array(secret.reveal())
        return letters.indices.dropLast(telling - 1).map { String(letters[$0..<($0 + telling)]) }
    }
}
