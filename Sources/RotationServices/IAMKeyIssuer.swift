package import AWS
package import FoundationEssentials
package import Handover
package import IAM
package import Rotation
package import Secrets

/// Access keys by IAM, proved by STS.
package struct IAMKeyIssuer: KeyIssuer {
    private let iam: IAMClient
    /// STS with the given key instead of the rotator's own credentials.
    private let sts: @Sendable (AccessKey) -> STSClient
    private let sleep: @Sendable (Duration) async throws -> Void

    /// A key that was just made active needs seconds to be known everywhere; so long its refusal proves nothing.
    private static let pauses: [Duration] = [1, 2, 4, 8, 15, 30].map { .seconds($0) }

    package init(
        iam: IAMClient, sts: @escaping @Sendable (AccessKey) -> STSClient,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.iam = iam
        self.sts = sts
        self.sleep = sleep
    }

    package func keys(of user: UserName) async throws -> [AccessKeyID: Observation.Key] {
        var keys: [AccessKeyID: Observation.Key] = [:]
        for listed in try await iam.listAccessKeys(of: "\(user)").all() {
            guard let id = AccessKeyID(listed.id) else { throw IssuerError.unknownForm }
            let use: AccessKeyUse?
            do {
                use = try await iam.getAccessKeyLastUsed(listed.id)
            } catch let error as AWSError where error.kind == .accessDenied || error.kind == .notFound {
                // So IAM answers for a key that another rotator deleted since the listing: it belongs to nobody.
                let left = try await iam.listAccessKeys(of: "\(user)").all()
                guard left.contains(where: { $0.id == listed.id }) else { continue }
                throw error
            }
            keys[id] = Observation.Key(
                status: Self.status(listed.status), createdAt: listed.created,
                lastUse: use.map { Observation.Use(at: $0.at, service: $0.service, region: $0.region) })
        }
        return keys
    }

    private static func status(_ status: AccessKeyStatus) -> Observation.KeyStatus {
        switch status {
        case .active: .active
        case .inactive: .inactive
        default: .other(status.rawValue)
        }
    }

    package func createKey(for user: UserName, signedAt: Date) async throws(EffectError) -> AccessKey {
        let made = try await changing { try await iam.createAccessKey(for: "\(user)", signedAt: signedAt) }
        guard let id = AccessKeyID(made.id), let key = AccessKey(id: id, secret: made.secret) else {
            throw .uncertain(IssuerError.unknownForm)
        }
        return key
    }

    package func setStatus(
        of id: AccessKeyID, active: Bool, user: UserName, signedAt: Date
    ) async throws(EffectError) {
        try await changing {
            try await iam.updateAccessKey(
                "\(id)", of: "\(user)", to: active ? .active : .inactive, signedAt: signedAt)
        }
    }

    package func deleteKey(_ id: AccessKeyID, of user: UserName, signedAt: Date) async throws(EffectError) {
        try await changing {
            do {
                try await iam.deleteAccessKey("\(id)", of: "\(user)", signedAt: signedAt)
            } catch let error as AWSError where error.kind == .notFound {
                // The first attempt's answer was lost, or somebody was faster: it is gone, as was wanted.
            }
        }
    }

    package func prove(_ key: AccessKey, of user: UserName) async throws(EffectError) {
        let identity = try await identity(of: key)
        let expected: IAMUser
        do {
            expected = try await iam.getUser("\(user)")
        } catch {
            throw .refused(error)
        }
        guard identity.arn == expected.arn else {
            throw .refused(IssuerError.belongsToSomebodyElse(key.id, identity.arn))
        }
    }

    package func isAccepted(_ key: AccessKey) async throws(EffectError) -> Bool {
        do {
            _ = try await sts(key).getCallerIdentity()
            return true
        } catch let error as AWSError where error.kind == .invalidKey {
            return false
        } catch {
            throw .refused(error)
        }
    }

    private func identity(of key: AccessKey) async throws(EffectError) -> STSClient.CallerIdentity {
        var pauses = Self.pauses[...]
        while true {
            do {
                return try await sts(key).getCallerIdentity()
            } catch let error as AWSError where error.kind == .invalidKey {
                guard let pause = pauses.popFirst() else { throw .refused(error) }
                do { try await sleep(pause) } catch { throw .refused(error) }
            } catch {
                throw .refused(error)
            }
        }
    }
}

package enum IssuerError: Error, Hashable, CustomStringConvertible {
    case unknownForm
    case belongsToSomebodyElse(AccessKeyID, String)

    package var description: String {
        switch self {
        case .unknownForm: "IAM answered with an access key of a form that this version does not know"
        case .belongsToSomebodyElse(let id, let arn): "\(id) belongs to \(arn.prefix(200)), not to the managed user"
        }
    }
}
