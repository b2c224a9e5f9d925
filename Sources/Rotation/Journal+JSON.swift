import Secrets
import FoundationEssentials
package import Handover

/// The journal's object: JSON with names like the check-in's, keys in order, dates in ISO 8601 to the second.
extension Journal {
    package func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// Reads the journal of this user; refuses another format, since what an older rotator does not know it would drop.
    package init(decoding bytes: [UInt8], user: UserName) throws(JournalError) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let data = Data(bytes)
        guard let format = try? decoder.decode(Format.self, from: data).format else { throw .malformed }
        guard (1...Journal.format).contains(format) else { throw .unknownFormat(format) }
        guard let journal = try? decoder.decode(Journal.self, from: data) else { throw .malformed }
        guard journal.user == user else { throw .ofAnotherUser(journal.user) }
        self = journal
    }

    private struct Format: Decodable {
        let format: Int
    }
}

/// Why a journal cannot be used. Nothing is done for its user until a person has looked.
package enum JournalError: Error, Hashable, CustomStringConvertible {
    case malformed
    case unknownFormat(Int)
    case ofAnotherUser(UserName)

    package var description: String {
        switch self {
        case .malformed:
            "the journal is not the JSON that Keybaton writes: restore an earlier version of the object, or remove it so "
                + "that `keybaton run` rebuilds it from the parameter"
        case .unknownFormat(let format):
            "the journal has format \(format): use the Keybaton version that wrote it, or a later"
        case .ofAnotherUser(let user): "the journal's object holds the journal of \(user): somebody copied it here"
        }
    }
}

extension Journal {
    enum CodingKeys: String, CodingKey {
        case format, user, current, previous, hosts, waivers, unresolved, revocation, fed, lease, nonce, history,
            retired
        case halfFed = "half_fed"
        case retiredHosts = "retired_hosts"
        case reactivatedAt = "reactivated_at"
    }

    /// By hand, because a journal of format 1 lacks some; it is written again in the present format.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(user: try container.decode(UserName.self, forKey: .user))
        current = try container.decodeIfPresent(Current.self, forKey: .current)
        previous = try container.decodeIfPresent(Previous.self, forKey: .previous)
        hosts = try container.decode([HostID: Membership].self, forKey: .hosts)
        retiredHosts = try container.decodeIfPresent([HostID: Date].self, forKey: .retiredHosts) ?? [:]
        waivers = try container.decode([Waiver].self, forKey: .waivers)
        reactivatedAt = try container.decodeIfPresent(Date.self, forKey: .reactivatedAt)
        unresolved = try container.decodeIfPresent(Unresolved.self, forKey: .unresolved)
        revocation = try container.decodeIfPresent(Revocation.self, forKey: .revocation)
        fed = try container.decodeIfPresent([String: AccessKeyID].self, forKey: .fed) ?? [:]
        halfFed = try container.decodeIfPresent(Set<String>.self, forKey: .halfFed) ?? []
        lease = try container.decodeIfPresent(Lease.self, forKey: .lease)
        nonce = try container.decode(String.self, forKey: .nonce)
        history = try container.decode([Event].self, forKey: .history)
        retired = try container.decode([AccessKeyID].self, forKey: .retired)
    }
}

extension Journal.Current {
    enum CodingKeys: String, CodingKey {
        case id, version
        case publishedAt = "published_at"
    }
}

extension Journal.Unresolved {
    enum CodingKeys: String, CodingKey {
        case kind, since
        case keyID = "key_id"
    }
}

/// `{"id": …, "status": "inactive", "since": …}`: synthesis would nest an object whose name is the state.
extension Journal.Previous: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, status, since
    }

    private enum Status: String, Codable {
        case active, deactivating, inactive, deleted
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(AccessKeyID.self, forKey: .id)
        state =
            switch try container.decode(Status.self, forKey: .status) {
            case .active: .active
            case .deactivating: .deactivating
            case .inactive: .inactive(since: try container.decode(Date.self, forKey: .since))
            case .deleted: .deleted
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        switch state {
        case .active: try container.encode(Status.active, forKey: .status)
        case .deactivating: try container.encode(Status.deactivating, forKey: .status)
        case .inactive(let since):
            try container.encode(Status.inactive, forKey: .status)
            try container.encode(since, forKey: .since)
        case .deleted: try container.encode(Status.deleted, forKey: .status)
        }
    }
}

/// `{"host": …}` or `{"unknown_use": true}`.
extension Journal.Waiver.Subject: Codable {
    private enum CodingKeys: String, CodingKey {
        case host
        case unknownUse = "unknown_use"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let host = try container.decodeIfPresent(HostID.self, forKey: .host) {
            self = .host(host)
        } else if try container.decode(Bool.self, forKey: .unknownUse) {
            self = .unknownUse
        } else {
            throw DecodingError.dataCorruptedError(
                forKey: .unknownUse, in: container, debugDescription: "not a subject")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .host(let host): try container.encode(host, forKey: .host)
        case .unknownUse: try container.encode(true, forKey: .unknownUse)
        }
    }
}
