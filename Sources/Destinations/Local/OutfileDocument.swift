import Handover
import Secrets

/// `{"USER": {"AccessKeyId": …, "SecretAccessKey": …}}`: the newest key of every user.
struct OutfileDocument {
    private static let members: Set<String> = ["AccessKeyId", "SecretAccessKey"]

    var keys: [UserName: AccessKey] = [:]

    init() {}

    /// Of a file. Nil when there is anything else in it: written anew, the file would lose it.
    init?(_ text: [UInt8]) {
        // As mktemp(1) leaves it.
        if text.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) { return }
        guard let users = JSONMembers(text), users.areDistinct else { return nil }
        for user in users.members {
            guard let name = UserName(user.name), let fields = JSONMembers(Array(text[user.value])), fields.areDistinct,
                Set(fields.members.map(\.name)) == Self.members,
                let id = fields["AccessKeyId"].flatMap(fields.text(of:)).flatMap({ AccessKeyID($0) }),
                let secret = fields["SecretAccessKey"].flatMap(fields.text(of:)),
                let key = AccessKey(id: id, secret: Secret(secret))
            else { return nil }
            keys[name] = key
        }
    }

    /// One user's member. Neither names of users nor what keys consist of needs an escape.
    static func member(_ user: UserName, _ key: AccessKey) -> String {
        """
          "\(user)": {
            "AccessKeyId": "\(key.id)",
            "SecretAccessKey": "\(key.secret.reveal())"
          }
        """
    }

    /// Indented by two, in the order of the names.
    var text: Secret {
        let members = keys.sorted { $0.key < $1.key }.map { Self.member($0.key, $0.value) }
        return Secret(members.isEmpty ? "{}\n" : "{\n\(members.joined(separator: ",\n"))\n}\n")
    }
}
