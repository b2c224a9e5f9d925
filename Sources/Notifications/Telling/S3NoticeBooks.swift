package import AWS
import HTTPTransport
package import Handover

/// Where the books are kept between runs.
package protocol NoticeBooks: Sendable {
    /// An empty one where there is none, or none that can be used.
    func read(of user: UserName) async throws -> NoticeBook
    func write(_ book: NoticeBook, of user: UserName) async throws
}

/// Books as objects of the update bucket. Two rotators at once may both tell: a condition would make none of them tell.
package struct S3NoticeBooks: NoticeBooks {
    private let s3: S3Client
    private let bucket: String

    package init(s3: S3Client, bucket: String) {
        self.s3 = s3
        self.bucket = bucket
    }

    package func read(of user: UserName) async throws -> NoticeBook {
        do {
            let object = try await s3.getObject(bucket: bucket, key: ObjectName.notices(of: user))
            return object.map { NoticeBook(decoding: $0.body) } ?? NoticeBook()
        } catch let error as AWSError where error.kind == .notFound {
            return NoticeBook()
        } catch let error as AWSError where error.cause?.code == .bodyTooLarge {
            // No book that a rotator wrote: damaged, like one that is not JSON.
            return NoticeBook()
        }
    }

    package func write(_ book: NoticeBook, of user: UserName) async throws {
        _ = try await s3.putObject(
            bucket: bucket, key: ObjectName.notices(of: user), body: try book.encoded(),
            contentType: "application/json")
    }
}
