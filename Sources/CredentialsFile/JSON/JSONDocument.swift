import FoundationEssentials
package import Secrets

/// The whole of a file: what a `credential_process` prints.
///
/// A file of ours has nothing else in it, so it is not edited but written anew, and one with anything else in it is
/// refused. Members of a temporary key (SessionToken, Expiration) may be there and go with it.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
package struct JSONDocument: KeyDocument, Equatable {
    package let content: Secret

    init(_ content: Secret) {
        self.content = content
    }

    package func credentials() throws(DocumentProblem) -> Credentials {
        if hasByteOrderMark { throw DocumentProblem(line: 1, reason: .byteOrderMark) }
        if isBlank { return Credentials() }
        let members: Members
        do {
            // The decoder's own error quotes the text.
            members = try content.withBytes { try JSONDecoder().decode(Members.self, from: Data($0)) }
        } catch {
            throw DocumentProblem(line: 1, reason: .notCredentialsJSON)
        }
        guard members.areKnown, members.count == memberCount else {
            throw DocumentProblem(line: 1, reason: .otherMembers)
        }
        guard members.version == 1 else { throw DocumentProblem(line: 1, reason: .notCredentialsJSON) }
        return Credentials(
            id: value(of: .accessKeyID, members.accessKeyID),
            secret: value(of: .secretAccessKey, members.secretAccessKey),
            tokens: members.sessionToken.map { [value(of: .sessionToken, $0)] } ?? [])
    }

    package func installing(_ key: AccessKey) throws(DocumentProblem) -> JSONDocument {
        let old = try credentials()
        let wanted = HeldKey(key: key, hasSessionToken: false)
        if (try? old.heldKey()) == wanted { return self }
        let edited = JSONDocument(
            Secret(
                [
                    // What an access key consists of needs no escape.
                    .text(#"{"Version": 1, "AccessKeyId": "\#(key.id)", "SecretAccessKey": ""#), .secret(key.secret),
                    .text("\"}\n"),
                ], from: content))
        guard (try? edited.heldKey()) == wanted else { throw DocumentProblem(line: 1, reason: .editFailed) }
        return edited
    }

    private func value(of member: Member, _ text: String) -> Credentials.Value {
        Credentials.Value(label: "\"\(member.rawValue)\": ", line: 1, text: Secret(text))
    }

    private var isBlank: Bool {
        content.withBytes { $0.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }
    }

    /// How many members an object without nested ones has, as a decoder says nothing of one that comes twice.
    private var memberCount: Int {
        content.withBytes { bytes in
            var count = 0
            var isInString = false
            var isEscaped = false
            for byte in bytes {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString.toggle()
                } else if byte == UInt8(ascii: ":"), !isInString {
                    count += 1
                }
            }
            return count
        }
    }
}

private enum Member: String {
    case version = "Version"
    case accessKeyID = "AccessKeyId"
    case secretAccessKey = "SecretAccessKey"
    case sessionToken = "SessionToken"
    case expiration = "Expiration"
}

/// All members, also those that are none of the format's.
private struct Members: Decodable {
    struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
        init(_ member: Member) { stringValue = member.rawValue }
    }

    let version: Int
    let accessKeyID: String
    let secretAccessKey: String
    let sessionToken: String?
    let count: Int
    let areKnown: Bool

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        count = container.allKeys.count
        areKnown = container.allKeys.allSatisfy { Member(rawValue: $0.stringValue) != nil }
        version = try container.decode(Int.self, forKey: Name(.version))
        accessKeyID = try container.decode(String.self, forKey: Name(.accessKeyID))
        secretAccessKey = try container.decode(String.self, forKey: Name(.secretAccessKey))
        sessionToken = try container.decodeIfPresent(String.self, forKey: Name(.sessionToken))
        _ = try container.decodeIfPresent(String.self, forKey: Name(.expiration))
    }
}
