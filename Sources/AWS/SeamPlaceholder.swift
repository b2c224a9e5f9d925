// Dropped at the merge: the smallest stand-in for Signing, Endpoints and Credentials, which are built elsewhere.
package import FoundationEssentials
package import HTTPTransport
package import Secrets

package struct AWSCredentials: Sendable, Equatable {
    package var accessKeyID: String
    package var secretAccessKey: Secret
    package var sessionToken: Secret?
    package var expiration: Date?
    package var source: String

    package init(
        accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil, expiration: Date? = nil,
        source: String
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
        self.source = source
    }
}

package protocol CredentialsProvider: Sendable {
    func credentials() async throws -> AWSCredentials
}

package struct SigningContext: Sendable {
    package var region: String
    package var service: String
    package var time: Date
    package var isS3: Bool

    package init(region: String, service: String, time: Date, isS3: Bool = false) {
        self.region = region
        self.service = service
        self.time = time
        self.isS3 = isS3
    }
}

package enum SigV4 {
    package static func sign(
        _ request: HTTPRequest, with credentials: AWSCredentials, context: SigningContext
    ) -> HTTPRequest {
        let stamp = String(context.time.formatted(.iso8601).filter { !"-:".contains($0) })
        var request = request
        request.headers.append(HTTPHeader("X-Amz-Date", stamp))
        let scope = "\(credentials.accessKeyID)/\(stamp.prefix(8))/\(context.region)/\(context.service)/aws4_request"
        request.headers.append(HTTPHeader("Authorization", "AWS4-HMAC-SHA256 Credential=\(scope), unsigned"))
        return request
    }
}

package enum AWSService: String, Sendable, CaseIterable {
    case ssm, s3, iam, sts

    package var id: String { rawValue.uppercased() }
}

package struct EndpointResolver: Sendable {
    package var region: String?
    package var overrides: EndpointOverrides

    package init(region: String?, overrides: EndpointOverrides = EndpointOverrides(argument: nil)) {
        self.region = region
        self.overrides = overrides
    }

    package func endpoint(for service: AWSService, bucket: String? = nil) throws -> ResolvedEndpoint {
        if let url = overrides.argument.flatMap({ HTTPURL($0) }) {
            return ResolvedEndpoint(url: url, signingRegion: region ?? "", signingName: service.rawValue)
        }
        let host = "\(bucket.map { "\($0)." } ?? "")\(service.rawValue).\(region ?? "").amazonaws.com"
        return ResolvedEndpoint(
            url: HTTPURL(scheme: "https", host: host), signingRegion: region ?? "", signingName: service.rawValue)
    }
}

package struct EndpointOverrides: Sendable, Equatable {
    var argument: String?

    package init(argument: String?) { self.argument = argument }
}

package struct ResolvedEndpoint: Sendable, Equatable {
    package var url: HTTPURL
    package var signingRegion: String
    package var signingName: String
}

package enum PercentEncoding {
    package static func encode(_ text: some StringProtocol, keepingSlashes: Bool = false) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let scalar = Unicode.Scalar(byte)
            if scalar.properties.isAlphabetic && byte < 128 || "0123456789-._~".unicodeScalars.contains(scalar)
                || keepingSlashes && byte == UInt8(ascii: "/")
            {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%" + [byte].hexadecimal.uppercased()
            }
        }
    }

    static func decode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let bytes = Array(bytes)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }
}
