package import AWS
package import Handover
import HTTPTransport
import Rotation
package import Secrets

/// Check-ins as objects of the update bucket.
package struct S3CheckIns: CheckInSource {
    private let s3: S3Client
    private let bucket: String
    /// The parameter that shell scripts name in their acknowledgements; nil where they do not count.
    private let legacyParameter: String?

    /// How many bodies are read at one time.
    private static let width = 16

    package init(s3: S3Client, bucket: String, legacyParameter: String?) {
        self.s3 = s3
        self.bucket = bucket
        self.legacyParameter = legacyParameter
    }

    package func list(of user: UserName) async throws -> AckLedger {
        var ledger = AckLedger()
        for try await page in s3.listObjects(bucket: bucket, prefix: ObjectName.checkIns(of: user)) {
            for object in page {
                guard let (key, host) = ObjectName.parseCheckIn(object.key, user: user) else { continue }
                ledger.record(
                    ReportedCheckIn(
                        keyID: key, lastModified: object.lastModified, etag: object.etag, evidence: .listed),
                    of: host)
            }
        }
        if let legacyParameter { try await addLegacy(to: &ledger, parameter: legacyParameter) }
        return ledger
    }

    private func addLegacy(to ledger: inout AckLedger, parameter: String) async throws {
        for try await page in s3.listObjects(bucket: bucket, prefix: LegacyAck.prefix) {
            for object in page {
                guard let host = LegacyAck.host(fromName: object.key), object.size <= CheckIn.maximumSize,
                    let body = try await existing(object.key)?.body,
                    let key = LegacyAck.keyID(fromBody: body, parameter: parameter)
                else { continue }
                ledger.record(
                    ReportedCheckIn(
                        keyID: key, lastModified: object.lastModified, etag: object.etag, evidence: .legacy),
                    of: host)
            }
        }
    }

    package func read(
        _ checkIns: [(host: HostID, checkIn: ReportedCheckIn)], of user: UserName, published: PublishedKeys
    ) async throws -> [(host: HostID, checkIn: ReportedCheckIn)] {
        try await withThrowingTaskGroup(of: (host: HostID, checkIn: ReportedCheckIn)?.self) { group in
            var waiting = checkIns[...]
            var read: [(host: HostID, checkIn: ReportedCheckIn)] = []
            for _ in 0..<Self.width {
                guard let next = waiting.popFirst() else { break }
                group.addTask { try await self.read(next, of: user, published: published) }
            }
            while let result = try await group.next() {
                if let result { read.append(result) }
                if let next = waiting.popFirst() {
                    group.addTask { try await self.read(next, of: user, published: published) }
                }
            }
            return read
        }
    }

    /// Nil when the object has gone, or its key is not one of the two published ones.
    private func read(
        _ listed: (host: HostID, checkIn: ReportedCheckIn), of user: UserName, published: PublishedKeys
    ) async throws -> (host: HostID, checkIn: ReportedCheckIn)? {
        var (host, checkIn) = listed
        guard let key = published.key(checkIn.keyID) else { return nil }
        let name = ObjectName.checkIn(of: host, user: user, key: key.id)
        do {
            guard let object = try await existing(name) else { return nil }
            let signed = SignedCheckIn(body: object.body, proof: object.metadata[SignedCheckIn.proofMetadata] ?? "")
            // Both from one answer: the host may have written again since the listing.
            checkIn.etag = object.etag
            checkIn.lastModified = object.lastModified ?? checkIn.lastModified
            let verified = try signed.verified(user: user, key: key, host: host)
            checkIn.evidence = .proved(version: verified.parameterVersion, problem: verified.problem)
        } catch let error as CheckInError {
            checkIn.evidence = .refused(error)
        } catch let error as AWSError where error.cause?.code == .bodyTooLarge {
            checkIn.evidence = .refused(.tooLarge)
        }
        return (host, checkIn)
    }

    private func existing(_ name: String) async throws -> S3Object? {
        do {
            return try await s3.getObject(bucket: bucket, key: name, maximumSize: CheckIn.maximumSize)
        } catch let error as AWSError where error.kind == .notFound {
            return nil
        }
    }

    package func remove(under keys: Set<AccessKeyID>, of user: UserName) async throws {
        for key in keys.sorted() {
            let prefix = "\(ObjectName.checkIns(of: user))\(key)/"
            for try await page in s3.listObjects(bucket: bucket, prefix: prefix) {
                for object in page { try await s3.deleteObject(bucket: bucket, key: object.key) }
            }
        }
    }
}
