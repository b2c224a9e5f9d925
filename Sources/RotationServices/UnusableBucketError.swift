package import AWS

/// S3's answer about the bucket itself, with the setting that it is about.
package struct UnusableBucketError: Error, Hashable, CustomStringConvertible {
    package let bucket: String
    package let error: AWSError
    private let advice: String

    /// Nil for an error that says nothing about the bucket.
    init?(_ error: AWSError, bucket: String) {
        switch error.code {
        case "NoSuchBucket":
            advice = "There is no bucket \(bucket): make it, or correct `bucket` in the configuration"
        case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
            advice =
                "The bucket \(bucket) is in another region than the configuration's `region`, where its parameters are: "
                + "correct `region`, or name a bucket of that region as `bucket`"
        default:
            guard error.kind == .accessDenied else { return nil }
            advice =
                "If the policy is right, \(bucket) is somebody else's bucket: compare `bucket` and `bucket_owner` in the "
                + "configuration with the account's buckets"
        }
        self.bucket = bucket
        self.error = error
    }

    package var description: String { "\(error)\("\(error)".hasSuffix(".") ? " " : ". ")\(advice)" }
}
