package import AWS
package import Handover
package import HTTPTransport
import SSM
package import Secrets
import Synchronization

/// The services of AWS, signed with the key given, over connections that all keys share.
package final class AWSKeyServices: KeyServices {
    private let sender: any HTTPSender
    private let endpoints: EndpointResolver
    private let bucket: String
    private let retry: RetryPolicy
    private let clock: AWSClock
    /// One for each key, so that each learns its retry quota and the clock's skew once a run. By the whole key: a file
    /// may hold NEW's id beside another secret. There are two or three.
    private let clients = Mutex<[(key: AccessKey, client: AWSClient)]>([])

    package init(
        sender: any HTTPSender, endpoints: EndpointResolver, bucket: String, retry: RetryPolicy,
        clock: AWSClock = .system
    ) {
        self.sender = sender
        self.endpoints = endpoints
        self.bucket = bucket
        self.retry = retry
        self.clock = clock
    }

    package var clockSkew: Duration? {
        clients.withLock { $0.lazy.compactMap(\.client.observedClockSkew).first }
    }

    package func parameter(
        _ name: String, version: Int?, with key: AccessKey
    ) async throws(ServiceFailure) -> ParameterVersion {
        let read = try await explaining {
            try await SSMClient(client(for: key)).getParameter(name, version: version)
        }
        return ParameterVersion(value: read.value, number: read.version, writtenAt: read.lastModified)
    }

    package func principal(of key: AccessKey) async throws(ServiceFailure) -> Principal {
        let identity = try await explaining { try await STSClient(client(for: key)).getCallerIdentity() }
        return Principal(arn: identity.arn)
    }

    package func put(
        _ checkIn: SignedCheckIn, as name: String, with key: AccessKey
    ) async throws(ServiceFailure) {
        _ = try await explaining {
            try await S3Client(client(for: key)).putObject(
                bucket: bucket, key: name, body: checkIn.body, contentType: "application/json",
                metadata: [SignedCheckIn.proofMetadata: checkIn.proof])
        }
    }

    /// Writes a check-in if there is none of this name. Returns false when there is one: then nothing was changed.
    package func create(
        _ checkIn: SignedCheckIn, as name: String, with key: AccessKey
    ) async throws(ServiceFailure) -> Bool {
        try await explaining {
            do {
                _ = try await S3Client(client(for: key)).putObject(
                    bucket: bucket, key: name, body: checkIn.body, contentType: "application/json",
                    metadata: [SignedCheckIn.proofMetadata: checkIn.proof], condition: .ifAbsent)
                return true
            } catch let error as AWSError where error.kind == .preconditionFailed {
                return false
            }
        }
    }

    private func client(for key: AccessKey) -> AWSClient {
        clients.withLock { clients in
            if let known = clients.first(where: { $0.key == key }) { return known.client }
            let credentials = AWSCredentials(
                accessKeyID: key.id.description, secretAccessKey: key.secret, source: "target")
            let client = AWSClient(
                sender: sender, endpoints: endpoints, credentials: StaticCredentialsProvider(credentials),
                retry: retry, clock: clock)
            clients.append((key, client))
            return client
        }
    }

    private func explaining<Answer>(
        _ body: () async throws -> Answer
    ) async throws(ServiceFailure) -> Answer {
        do {
            return try await body()
        } catch let error as AWSError {
            throw ServiceFailure(ServiceFailure.Kind(error), "\(error)")
        } catch {
            // An endpoint that there is not, a name that cannot be sent.
            throw ServiceFailure(.refused, "\(error)")
        }
    }
}

extension ServiceFailure.Kind {
    fileprivate init(_ error: AWSError) {
        self =
            switch error.kind {
            case .invalidKey, .invalidToken: .keyNotAccepted
            case .wrongSecret: .wrongSecret
            case .accessDenied: .accessDenied
            case .notFound: .notFound
            case .clockSkew: .clock
            case .throttled, .server, .noAnswer, .malformedAnswer, .conflict: .unavailable
            case .preconditionFailed, .limitExceeded, .other: .refused
            }
    }
}
