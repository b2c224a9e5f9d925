import FoundationEssentials

/// The JSON that credential processes, containers and the instance metadata service answer with.
struct CredentialsDocument: Decodable {
    private let Version: Int?
    private let AccessKeyId: String?
    private let SecretAccessKey: String?
    /// Of `credential_process`.
    private let SessionToken: String?
    /// Of containers and instance metadata.
    private let Token: String?
    private let Expiration: String?
    /// Of instance metadata: anything but "Success" is an error.
    private let Code: String?
    private let Message: String?

    enum Dialect { case process, container, instanceMetadata }

    /// Throws `CredentialsError` with the code; errors of the decoder are dropped, because they may quote secrets.
    static func credentials(
        in bytes: [UInt8], dialect: Dialect, source: String, failure code: CredentialsError.Code
    ) throws(CredentialsError) -> AWSCredentials {
        guard let document = try? JSONDecoder().decode(CredentialsDocument.self, from: Data(bytes)) else {
            throw CredentialsError(code, "\(source): the answer is not the expected JSON object")
        }
        if dialect == .process, document.Version != 1 {
            throw CredentialsError(
                code, "\(source): the answer has no \"Version\": 1, the only format of credential_process there is")
        }
        if let status = document.Code, dialect == .instanceMetadata, status != "Success" {
            throw CredentialsError(code, "\(source): \(status)" + (document.Message.map { ": \($0.printable)" } ?? ""))
        }
        var expiration: Date?
        if let text = Setting.nonBlank(document.Expiration) {
            expiration = Date(iso8601: text)
            guard expiration != nil else {
                throw CredentialsError(code, "\(source): \"Expiration\" is not a time like 2030-01-31T12:00:00Z")
            }
        }
        do {
            return try AWSCredentials.checked(
                id: document.AccessKeyId, secret: document.SecretAccessKey,
                token: dialect == .process ? document.SessionToken : document.Token, expiration: expiration,
                source: source)
        } catch {
            throw CredentialsError(code, error.message)
        }
    }
}

extension Date {
    /// RFC 3339, with or without fractions of a second.
    init?(iso8601 text: String) {
        // Tools written in Go and Python write fractions.
        let date =
            (try? ISO8601FormatStyle().parse(text))
            ?? (try? ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
        guard let date else { return nil }
        self = date
    }
}

extension String {
    /// What a message may quote of a text from outside: one line, at most 300 characters, no control characters.
    var printable: String {
        let line = split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
        let safe = line.unicodeScalars.filter { $0.value >= 0x20 && !(0x7f...0x9f ~= $0.value) }
        let text = String(String.UnicodeScalarView(safe))
        return text.count > 300 ? text.prefix(300) + "…" : text
    }
}
