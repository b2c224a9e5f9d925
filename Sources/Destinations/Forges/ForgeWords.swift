import AWS
import FoundationEssentials
import HTTPTransport
import Secrets

/// The words of an error answer: one printable line, empty where there are none.
struct ForgeWords {
    private(set) var text = ""

    /// A run of a secret this long is more than chance.
    private static let revealing = 8
    /// More is shown to nobody.
    private static let length = 2000

    /// Drops words in which anything of the secrets is repeated: some services quote the value that they refuse.
    init(_ response: HTTPResponse, without secrets: [Secret]) {
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(response.body)) else { return }
        let words = String(body.words.joined(separator: "; ").prefix(Self.length))
        if !secrets.contains(where: { Self.repeats($0, in: Array(words.utf8)) }) { text = words.firstPrintableLine }
    }

    private static func repeats(_ secret: Secret, in words: [UInt8]) -> Bool {
        let length = min(revealing, secret.count)
        guard length > 0, words.count >= length else { return false }
        let runs = Set((0...words.count - length).map { words[$0..<$0 + length] })
        return secret.withBytes { bytes in
            (0...bytes.count - length).contains { runs.contains(ArraySlice(bytes[$0..<$0 + length])) }
        }
    }

    /// Bitbucket: `{"error": {"message", "detail"}}`. GitHub: `{"message", "errors"}`. GitLab: `{"message"}`, which may hold
    /// a list of complaints for each field, or `{"error", "error_description"}`.
    private struct Body: Decodable {
        var words: [String] = []

        private enum Key: String, CodingKey { case message, detail, error, description = "error_description" }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            for key in [Key.error, .message, .detail, .description] {
                if let text = try? fields.decode(String.self, forKey: key) {
                    words.append(text)
                } else if let complaints = try? fields.decode([String: [String]].self, forKey: key) {
                    words += complaints.sorted { $0.key < $1.key }.map { "\($0) \($1.joined(separator: ", "))" }
                } else if key == .error, let inner = try? fields.decode(Body.self, forKey: key) {
                    words += inner.words
                }
            }
        }
    }
}
