package import AWS
import FoundationEssentials
package import Handover
package import Rotation

/// Journals as objects of the update bucket, written under conditions: S3 decides who wins.
package struct S3JournalStore: JournalStore {
    private let s3: S3Client
    private let bucket: String
    /// 10,000 hosts and a full history stay below this.
    private static let maximumSize = 4 << 20

    package init(s3: S3Client, bucket: String) {
        self.s3 = s3
        self.bucket = bucket
    }

    package func read(of user: UserName) async throws -> JournalSnapshot {
        let name = ObjectName.journal(of: user)
        do {
            guard let object = try await s3.getObject(bucket: bucket, key: name, maximumSize: Self.maximumSize),
                let now = object.serverDate
            else { throw UndatedAnswerError() }
            let journal: Journal
            do {
                journal = try Journal(decoding: object.body, user: user)
            } catch {
                throw UnusableJournalError(object: "s3://\(bucket)/\(name)", error: error)
            }
            return JournalSnapshot(journal: journal, etag: object.etag, lastModified: object.lastModified, now: now)
        } catch let error as AWSError where error.kind == .notFound {
            guard let now = error.serverDate else { throw UndatedAnswerError() }
            return JournalSnapshot(journal: nil, etag: nil, lastModified: nil, now: now)
        } catch let error as AWSError {
            // The first that every command asks of the bucket, so that it is here where a wrong one shows.
            throw UnusableBucketError(error, bucket: bucket) ?? error
        }
    }

    package func write(_ journal: Journal, replacing etag: String?) async throws -> JournalReceipt? {
        let body = try journal.encoded()
        guard body.count <= Self.maximumSize else {
            throw EffectError.refused(OversizedJournalError(user: journal.user, size: body.count))
        }
        do {
            let written = try await s3.putObject(
                bucket: bucket, key: ObjectName.journal(of: journal.user), body: body, contentType: "application/json",
                condition: etag.map { .ifMatch($0) } ?? .ifAbsent)
            // Without a date the lease cannot be counted: the journal is read instead.
            return written.serverDate.map { JournalReceipt(etag: written.etag, at: $0) }
        } catch let error as AWSError {
            switch error.kind {
            case .preconditionFailed, .notFound: return nil
            // Somebody writes at this very moment: what he wrote is seen by reading.
            case .conflict: throw EffectError.uncertain(error)
            default: throw error.mayHaveTakenEffect ? EffectError.uncertain(error) : EffectError.refused(error)
            }
        }
    }
}

/// A journal that cannot be used, and where it is.
package struct UnusableJournalError: Error, Hashable, CustomStringConvertible {
    package let object: String
    package let error: JournalError

    package var description: String { "\(object): \(error)" }
}

/// A journal that no rotator would read again.
package struct OversizedJournalError: Error, Hashable, CustomStringConvertible {
    package let user: UserName
    /// In bytes.
    package let size: Int

    package var description: String {
        "the journal of \(user) would be \(size) bytes long, too long to be read again, and was not written: "
            + "it names too many hosts"
    }
}

/// An answer that cannot be dated is no ground for a decision.
package struct UndatedAnswerError: Error, Hashable, CustomStringConvertible {
    package var description: String {
        "S3 answered without a Date: check that the endpoint and the proxy lead to AWS"
    }
}
