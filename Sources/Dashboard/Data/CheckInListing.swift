import FoundationEssentials
import Handover
import Rotation
import Secrets

/// Which host wrote which check-in last, from the names alone.
struct CheckInListing: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var keyID: AccessKeyID
        var lastModified: Date
        var etag: String
    }

    private(set) var newest: [HostID: Entry] = [:]
    /// Whether there was more than `Limits` let in.
    private(set) var isCut = false

    /// One request a thousand check-ins; throws what the bucket throws.
    init(of user: UserName, in bucket: some Bucket, limits: Limits) async throws {
        var count = 0
        var (newest, isCut) = (newest, isCut)
        try await bucket.list(ObjectName.checkIns(of: user)) { page in
            for object in page {
                count += 1
                guard let (key, host) = ObjectName.parseCheckIn(object.name, user: user) else { continue }
                let known = newest[host]
                if known == nil, newest.count >= limits.hosts {
                    isCut = true
                    continue
                }
                if let known, known.lastModified >= object.lastModified { continue }
                newest[host] = Entry(keyID: key, lastModified: object.lastModified, etag: object.etag)
            }
            if count >= limits.checkIns { isCut = true }
            return count < limits.checkIns
        }
        (self.newest, self.isCut) = (newest, isCut)
    }
}
