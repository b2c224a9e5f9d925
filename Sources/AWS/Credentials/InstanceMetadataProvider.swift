import FoundationEssentials
import HTTPTransport

/// The role of an EC2 instance, by version 2 of the metadata service only: version 1 answers anybody who can make the
/// machine send a GET.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
package struct InstanceMetadataProvider: CredentialsProvider {
    /// Short, because on a machine outside EC2 nobody answers at all.
    private static let limits = HTTPLimits(
        connectTimeout: .seconds(1), totalTimeout: .seconds(2), maximumBodySize: 64 << 10)
    private static let rolePath = "/latest/meta-data/iam/security-credentials/"

    private let context: CredentialsContext

    package init(context: CredentialsContext) {
        self.context = context
    }

    package func credentials() async throws -> AWSCredentials {
        if Setting.isTrue(context.environment["AWS_EC2_METADATA_DISABLED"]) {
            throw CredentialsError(.notConfigured, "AWS_EC2_METADATA_DISABLED is true")
        }
        let token = try await token()
        let list = try await get(Self.rolePath, token: token)
        let role = String(decoding: list, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard !["", ".", ".."].contains(role),
            role.utf8.allSatisfy({ $0.isLetterOrDigit || "+=,.@-_".utf8.contains($0) })
        else {
            throw CredentialsError(.unavailable, "instance metadata: the answer is not the name of a role")
        }
        return try CredentialsDocument.credentials(
            in: try await get(Self.rolePath + role, token: token), dialect: .instanceMetadata,
            source: "instance role \(role)", failure: .unavailable)
    }

    private func token() async throws -> String {
        let response: HTTPResponse
        do {
            response = try await send(
                "PUT", "/latest/api/token", [HTTPHeader("x-aws-ec2-metadata-token-ttl-seconds", "21600")])
        } catch let error as CredentialsError where error.code == .unavailable {
            throw CredentialsError(.notConfigured, "this is not an EC2 instance (\(error.message))")
        }
        switch response.status {
        case 200: break
        case 403: throw CredentialsError(.refused, "instance metadata: request forbidden: IMDS is disabled")
        default: throw CredentialsError(.unavailable, "instance metadata: no token, status \(response.status)")
        }
        guard let token = Setting.nonBlank(String(decoding: response.body, as: UTF8.self)),
            token.utf8.allSatisfy({ 0x21...0x7e ~= $0 })
        else { throw CredentialsError(.unavailable, "instance metadata: the answer is not a token") }
        return token
    }

    private func get(_ path: String, token: String) async throws -> [UInt8] {
        let response = try await send("GET", path, [HTTPHeader("x-aws-ec2-metadata-token", token)])
        switch response.status {
        case 200: return response.body
        case 404: throw CredentialsError(.notConfigured, "this EC2 instance has no role")
        default: throw CredentialsError(.unavailable, "instance metadata: \(path): status \(response.status)")
        }
    }

    private func send(_ method: String, _ path: String, _ headers: [HTTPHeader]) async throws -> HTTPResponse {
        try await context.send(limits: Self.limits, retryingConnections: false) {
            HTTPRequest(
                method: method, url: HTTPURL(scheme: "http", host: "169.254.169.254", path: path), headers: headers)
        }
    }
}
