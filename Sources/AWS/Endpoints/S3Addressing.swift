import HTTPTransport

/// Puts a bucket into an endpoint: before the host name where the bucket can be part of one, else into the path.
struct S3Addressing {
    let forcesPathStyle: Bool

    func place(_ bucket: String?, in endpoint: ResolvedEndpoint) throws -> ResolvedEndpoint {
        guard let bucket else { return endpoint }
        try refuseUnsupported(bucket)
        var endpoint = endpoint
        let host = endpoint.url.host
        // A certificate's `*.s3.…` covers one label, so dots in front of it would break TLS. `localhost` has no names
        // below it that resolve everywhere.
        if !forcesPathStyle, !HostName.isAddress(host), host != "localhost",
            Self.canBeHostName(bucket, allowingDots: endpoint.url.scheme == "http")
        {
            endpoint.url.host = "\(bucket).\(host)"
        } else {
            let base = endpoint.url.path == "/" ? "" : endpoint.url.path
            endpoint.url.path = "\(base)/\(PercentEncoding.encode(bucket))"
        }
        return endpoint
    }

    /// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    private static func canBeHostName(_ bucket: String, allowingDots: Bool) -> Bool {
        (3...63).contains(bucket.utf8.count) && HostName.isValid(bucket, allowingDots: allowingDots)
            && !HostName.isIPv4Address(bucket) && !bucket.utf8.contains { 0x41...0x5a ~= $0 }
    }

    private func refuseUnsupported(_ bucket: String) throws {
        let kind: String
        switch bucket {
        case _ where bucket.hasPrefix("arn:"): kind = "an access point or another ARN"
        case _ where bucket.hasSuffix("--x-s3") || bucket.hasSuffix("--xa-s3"): kind = "an S3 Express directory bucket"
        case _ where bucket.hasSuffix("--op-s3"): kind = "a bucket on Outposts"
        case "", ".", "..": kind = "not the name of a bucket"
        default: return
        }
        throw EndpointError(
            code: .unsupportedBucket,
            message:
                "\"\(bucket)\" is \(kind), which Keybaton does not support; use the name of a general purpose bucket")
    }
}
