package import Secrets

/// How a hook ran, for the log. Holds no secret.
package struct HookReport: Hashable, Sendable, Codable {
    /// Names the hook for people.
    package let name: String
    /// Nil when it succeeded.
    package let failure: String?
    /// The last lines of what it wrote.
    package let output: [String]

    package init(name: String, failure: String?, output: [String]) {
        self.name = name
        self.failure = failure
        self.output = output
    }
}

extension HookReport {
    private static let lineLimit = 10
    private static let lineLength = 300

    /// The last lines of a program's output, without these secrets: a script that traces itself may print what it read.
    package static func lines(of output: [UInt8], hiding secrets: [Secret]) -> [String] {
        let known = secrets.reduce(output) { text, secret in secret.withBytes { replacing($0, in: text) } }
        let hidden = withoutWordsLikeSecrets(known)
        return String(decoding: hidden, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(lineLimit)
            .map { String($0.prefix(lineLength)) }
    }

    /// The file that a hook prints may hold other users' keys, too, and the last line goes into the check-in. What AWS
    /// issues has 40 characters of these; that some hashes have as well is the price.
    private static func withoutWordsLikeSecrets(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var word = text[..<0]
        func flush() {
            result += word.count == 40 ? Array("<redacted>".utf8)[...] : word
        }
        for (index, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "+"):
                word = text[(word.isEmpty ? index : word.startIndex)...index]
            default:
                flush()
                word = text[..<0]
                result.append(byte)
            }
        }
        flush()
        return result
    }

    private static func replacing(_ secret: UnsafeRawBufferPointer, in text: [UInt8]) -> [UInt8] {
        guard let first = secret.first else { return text }
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == first, text[index...].starts(with: secret) {
                result += "<redacted>".utf8
                index += secret.count
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }
}
