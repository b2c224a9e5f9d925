package import AWS
import HTTPTransport

/// The update bucket on S3.
package struct S3Bucket: Bucket {
    private let s3: S3Client
    private let bucket: String

    package init(s3: S3Client, bucket: String) {
        self.s3 = s3
        self.bucket = bucket
    }

    package func list(_ prefix: String, _ take: (ArraySlice<ListedObject>) -> Bool) async throws {
        for try await page in s3.listObjects(bucket: bucket, prefix: prefix) {
            let objects = page.map {
                ListedObject(name: $0.key, etag: $0.etag, lastModified: $0.lastModified, size: $0.size)
            }
            guard take(objects[...]) else { return }
        }
    }

    package func read(_ name: String, atMost size: Int) async throws -> ReadObject? {
        do {
            return try await s3.getObject(bucket: bucket, key: name, maximumSize: size).map {
                .body($0.body, etag: $0.etag)
            }
        } catch let error as AWSError where error.kind == .notFound {
            return nil
        } catch let error as AWSError where error.cause?.code == .bodyTooLarge {
            return .tooLarge
        }
    }
}
