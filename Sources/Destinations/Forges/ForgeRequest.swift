import FoundationEssentials
import HTTPTransport
import Secrets

/// One request to a forge, without its token.
struct ForgeRequest: Sendable {
    var method: String
    var url: HTTPURL
    var body: [UInt8] = []
    /// What is asked for, as a sentence names it: `the repository acme/site`.
    var subject: String
    /// What the body holds and no error may repeat.
    var secret: Secret?

    static func get(_ url: HTTPURL, _ subject: String) -> ForgeRequest {
        ForgeRequest(method: "GET", url: url, subject: subject)
    }

    /// - Parameter secret: what the body holds and no error may repeat.
    static func write(
        _ method: String, _ url: HTTPURL, _ body: some Encodable, _ subject: String, secret: Secret? = nil
    ) throws(ForgeError) -> ForgeRequest {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return ForgeRequest(
                method: method, url: url, body: Array(try encoder.encode(body)), subject: subject, secret: secret)
        } catch {
            throw ForgeError("\(subject) cannot be written as JSON")
        }
    }

    var isWrite: Bool { method != "GET" }
    /// Whether sending it twice does what sending it once does.
    var isIdempotent: Bool { method != "POST" }
}
