package import AWS
import FoundationEssentials
package import Handover
package import Rotation

/// The last look and decision of each user, for the dashboard, which has no rights to IAM or the Parameter Store.
package struct S3StatusView: Sendable {
    private let s3: S3Client
    private let bucket: String

    package init(s3: S3Client, bucket: String) {
        self.s3 = s3
        self.bucket = bucket
    }

    package func write(_ report: StatusReport, of user: UserName) async throws {
        _ = try await s3.putObject(
            bucket: bucket, key: ObjectName.view(of: user), body: try report.json(), contentType: "application/json")
    }
}
