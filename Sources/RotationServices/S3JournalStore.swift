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
            else { throw JournalError.noDate }
            let journal = try Self.decode(object.body, name: name)
            guard journal.user == user else { throw JournalError.unreadable(name, "it is another user's") }
            return JournalSnapshot(journal: journal, etag: object.etag, lastModified: object.lastModified, now: now)
        } catch let error as AWSError where error.kind == .notFound {
            guard let now = error.serverDate else { throw JournalError.noDate }
            return JournalSnapshot(journal: nil, etag: nil, lastModified: nil, now: now)
        }
    }

    package func write(_ journal: Journal, replacing etag: String?) async throws -> JournalReceipt? {
        let body = try Self.encode(journal)
        do {
            let written = try await s3.putObject(
                bucket: bucket, key: ObjectName.journal(of: journal.user), body: body, contentType: "application/json",
                condition: etag.map { .ifMatch($0) } ?? .ifAbsent)
            // Without a date the lease cannot be counted: the journal is read instead.
            return written.serverDate.map { JournalReceipt(etag: written.etag, at: $0) }
        } catch let error as AWSError {
            switch error.kind {
            case .preconditionFailed, .conflict, .notFound: return nil
            default: break
            }
            if error.mayHaveTakenEffect { return nil }
            throw EffectError.refused(error)
        }
    }

    private static func encode(_ journal: Journal) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(journal))
    }

    private static func decode(_ body: [UInt8], name: String) throws -> Journal {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let journal: Journal
        do {
            journal = try decoder.decode(Journal.self, from: Data(body))
        } catch {
            throw JournalError.unreadable(name, "it is not the JSON of a journal")
        }
        guard journal.format == Journal.format else {
            throw JournalError.unreadable(name, "it has format \(journal.format), which this version does not know")
        }
        return journal
    }
}

package enum JournalError: Error, Hashable, CustomStringConvertible {
    case unreadable(String, String)
    case noDate

    package var description: String {
        switch self {
        case .unreadable(let name, let problem):
            "the journal \(name) cannot be used: \(problem). Nothing is done without it: restore an earlier version of the "
                + "object, or delete it to begin anew (every host must then check in again)"
        case .noDate: "S3 answered without a Date: check that the endpoint and the proxy lead to AWS"
        }
    }
}
