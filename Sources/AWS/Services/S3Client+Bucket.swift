/// What is set on a bucket, as far as it matters to whoever keeps state in it. None of it is needed to work with objects.
extension S3Client {
    /// `Enabled` or `Suspended`; nil when versioning was never turned on. Needs `s3:GetBucketVersioning`.
    package func versioning(of bucket: String) async throws -> String? {
        try await bucketSetting("GetBucketVersioning", "versioning", bucket).optionalText("Status")
    }

    /// Whether each of the four settings blocks public access; nil when the bucket has none of them.
    ///
    /// The account may block it nevertheless. Needs `s3:GetBucketPublicAccessBlock`.
    package func publicAccessIsBlocked(of bucket: String) async throws -> Bool? {
        do {
            let answer = try await bucketSetting("GetPublicAccessBlock", "publicAccessBlock", bucket)
            return ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
                .allSatisfy { answer.root[$0]?.text.lowercased() == "true" }
        } catch let error as AWSError where error.code == "NoSuchPublicAccessBlockConfiguration" {
            return nil
        }
    }

    /// The rules that are enabled, in their order. Needs `s3:GetLifecycleConfiguration`.
    package func lifecycleRules(of bucket: String) async throws -> [S3LifecycleRule] {
        do {
            return try await bucketSetting("GetBucketLifecycleConfiguration", "lifecycle", bucket).children("Rule")
                .filter { $0.optionalText("Status") == "Enabled" }.map { S3LifecycleRule($0.root) }
        } catch let error as AWSError where error.code == "NoSuchLifecycleConfiguration" {
            return []
        }
    }

    private func bucketSetting(
        _ operation: String, _ subresource: String, _ bucket: String
    ) async throws -> XMLAnswer {
        var call = try call(operation, "GET", bucket: bucket, key: nil)
        call.query = "\(subresource)="
        return try XMLAnswer(call, try await client.send(call))
    }
}

/// One rule of a bucket's lifecycle configuration.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
package struct S3LifecycleRule: Sendable, Hashable {
    package let id: String
    /// Of the names that it is for; empty for all.
    package let prefix: String
    /// Whether it is for objects with certain tags only.
    package let needsTags: Bool
    /// Whether the newest version of an object goes, or goes where it cannot be read at once.
    package let touchesCurrentVersions: Bool

    init(_ rule: XMLElement) {
        id = rule["ID"]?.text ?? ""
        let filter = rule["Filter"]
        let both = filter?["And"]
        // Without a filter it is the older form, in which the prefix stands in the rule itself.
        prefix = (both?["Prefix"] ?? filter?["Prefix"] ?? rule["Prefix"])?.text ?? ""
        needsTags = filter?["Tag"] != nil || both?["Tag"] != nil
        let expiration = rule["Expiration"]
        touchesCurrentVersions =
            expiration?["Days"] != nil || expiration?["Date"] != nil || rule["Transition"] != nil
    }
}
