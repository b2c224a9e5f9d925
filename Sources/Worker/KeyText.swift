import Refresher
import Secrets

/// A key on its way between two processes. Deliberately apart from `AccessKey`, which nobody can encode by accident.
struct KeyText: Codable, CustomStringConvertible {
    private let id: AccessKeyID
    private let secret: String

    init(_ key: AccessKey) {
        id = key.id
        secret = key.secret.reveal()
    }

    var key: AccessKey {
        get throws {
            guard let key = AccessKey(id: id, secret: Secret(Array(secret.utf8))) else { throw MalformedMessage() }
            return key
        }
    }

    var description: String { "\(id)" }
}

/// `TargetContent` on its way.
enum ContentText: Codable {
    case empty
    case key(KeyText)
    case keyWithSessionToken(KeyText)
    case foreign(String)

    init(_ content: TargetContent) {
        self =
            switch content {
            case .empty: .empty
            case .key(let key): .key(KeyText(key))
            case .keyWithSessionToken(let key): .keyWithSessionToken(KeyText(key))
            case .foreign(let description): .foreign(description)
            }
    }

    var content: TargetContent {
        get throws {
            switch self {
            case .empty: .empty
            case .key(let text): .key(try text.key)
            case .keyWithSessionToken(let text): .keyWithSessionToken(try text.key)
            case .foreign(let description): .foreign(description: description)
            }
        }
    }
}

/// What was read is no message of this program. Does not quote it.
struct MalformedMessage: Error, CustomStringConvertible {
    var description: String { "a message between the agent and its worker makes no sense" }
}
