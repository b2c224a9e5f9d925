import Handover
import Secrets
import Testing

/// Invented keys. Both secrets contain the markers, as a random secret may.
enum Example {
    static let newID = "AKIAEXAMPLENEW000001"
    static let oldID = "AKIAEXAMPLEOLD000002"
    static let newSecret = "wJalrXUtnFEMI/K7MDENG+NEWxRfiCYEXAMPLE01"
    static let oldSecret = "OLDe8Jr/kT+Zq0NEWp4LmVbX2cHsYd6GfEXAMP02"

    static func key(_ id: String, _ secret: String) throws -> AccessKey {
        let id = try keyID(id)
        return try #require(AccessKey(id: id, secret: Secret(secret)))
    }

    static func keyID(_ id: String) throws -> AccessKeyID { try #require(AccessKeyID(id)) }

    static func pair() throws -> PublishedKeys {
        let (new, old) = (try new(), try old())
        return try #require(PublishedKeys(new: new, old: old))
    }

    static func first() throws -> PublishedKeys {
        let new = try new()
        return try #require(PublishedKeys(new: new, old: nil))
    }

    static func new() throws -> AccessKey { try key(newID, newSecret) }
    static func old() throws -> AccessKey { try key(oldID, oldSecret) }

    static func user(_ name: String = "backup") throws -> UserName { try #require(UserName(name)) }
    static func host(_ name: String = "nas") throws -> HostID { try #require(HostID(name)) }
}

/// Small and repeatable, so that a failing property test can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
