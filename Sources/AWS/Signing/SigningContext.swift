package import FoundationEssentials

/// What a signature says besides the request: when, where and for whom it is valid, and the rules of its service.
package struct SigningContext: Sendable {
    package var region: String
    package var service: String
    package var time: Date
    /// S3 encodes paths once, never normalises them, and wants the hash of the payload as a header.
    package var isS3: Bool
    /// Resolves "." and ".." and joins slashes before the path is signed; S3 never does.
    package var normalizesPath: Bool
    /// Sends `x-amz-content-sha256`; S3 always does.
    package var sendsPayloadHash: Bool
    /// Adds the session token after signing: a few services (IoT) want it outside the signature.
    package var omitsSessionToken: Bool

    package init(
        region: String, service: String, time: Date, isS3: Bool = false, normalizesPath: Bool = true,
        sendsPayloadHash: Bool = false, omitsSessionToken: Bool = false
    ) {
        self.region = region
        self.service = service
        self.time = time
        self.isS3 = isS3
        self.normalizesPath = normalizesPath
        self.sendsPayloadHash = sendsPayloadHash
        self.omitsSessionToken = omitsSessionToken
    }
}
