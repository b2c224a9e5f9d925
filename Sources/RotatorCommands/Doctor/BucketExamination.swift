import AWS
import Console
import Handover

/// Whether the bucket is there, is the right one, and keeps what is put into it.
struct BucketExamination {
    let services: RotatorServices
    /// Of the rotator.
    let account: String

    private var bucket: String { services.configuration.bucket }
    private var resource: String {
        ResourceNames(region: services.configuration.region, account: account).bucket(bucket)
    }

    func findings() async -> [Finding] {
        let first = await existence()
        // What is not there, or is somebody else's, has no settings to look at.
        guard first.verdict == .ok || first.verdict == .warning else { return [first] }
        return [first, await versioning(), await publicAccess(), await lifecycle()]
    }

    private func existence() async -> Finding {
        do {
            try await list(services.s3)
        } catch {
            return .failed(error, .bucket, bucket, needing: "s3:ListBucket", on: resource)
        }
        guard services.configuration.bucketOwner == nil else {
            return .ok(.bucket, bucket, "can be listed, and belongs to the account of `bucket_owner`")
        }
        do {
            try await list(services.s3(ownedBy: account))
            return .ok(.bucket, bucket, "can be listed, and belongs to this account")
        } catch let error as AWSError where error.kind == .accessDenied {
            return .warning(
                .bucket, bucket, "can be listed, and belongs to another account than \(account)",
                mend: "if that is meant, name that account in `bucket_owner`; if not, correct `bucket`")
        } catch {
            return .warning(
                .bucket, bucket,
                "can be listed, and whose it is could not be asked: \(CommandFailure(error).description)",
                mend: "run doctor again")
        }
    }

    private func list(_ s3: S3Client) async throws {
        for try await _ in s3.listObjects(bucket: bucket, prefix: "acks/", pageSize: 1) { return }
    }

    private func versioning() async -> Finding {
        do {
            if try await services.s3.versioning(of: bucket) == "Enabled" {
                return .ok(.bucket, bucket, "keeps earlier versions")
            }
            return .warning(
                .bucket, bucket, "keeps no earlier versions: a journal that somebody deletes or overwrites is lost",
                mend:
                    "aws s3api put-bucket-versioning --bucket \(bucket) --versioning-configuration Status=Enabled")
        } catch {
            return unseen(error, "its versioning", "s3:GetBucketVersioning")
        }
    }

    private func publicAccess() async -> Finding {
        do {
            if try await services.s3.publicAccessIsBlocked(of: bucket) == true {
                return .ok(.bucket, bucket, "blocks public access")
            }
            return .warning(
                .bucket, bucket, "does not block public access by itself",
                mend:
                    "aws s3api put-public-access-block --bucket \(bucket) --public-access-block-configuration "
                    + "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true")
        } catch {
            return unseen(error, "whether it blocks public access", "s3:GetBucketPublicAccessBlock")
        }
    }

    private func lifecycle() async -> Finding {
        do {
            let rules = try await services.s3.lifecycleRules(of: bucket).filter(\.endangersState)
            guard let rule = rules.first else {
                return .ok(.bucket, bucket, "no lifecycle rule touches check-ins or journals")
            }
            let names = rules.map { "`\($0.id)`" }.joined(separator: ", ")
            return .problem(
                .configuration, .bucket, bucket,
                "the lifecycle \(rules.count == 1 ? "rule" : "rules") \(names) (prefix \"\(rule.prefix)\") would remove or "
                    + "archive check-ins or journals, which are this relay's memory",
                mend:
                    "limit it to other names than acks/, state/ and notices/; old versions of objects may expire: "
                    + "NoncurrentVersionExpiration. Keybaton itself removes check-ins of earlier keys")
        } catch {
            return unseen(error, "its lifecycle rules", "s3:GetLifecycleConfiguration")
        }
    }

    /// A run does not need to see it, so that it is not a problem.
    private func unseen(_ error: any Error, _ what: String, _ action: String) -> Finding {
        guard (error as? AWSError)?.kind == .accessDenied else {
            return .failed(error, .bucket, bucket, needing: action, on: resource, policy: "doctor")
        }
        return .unknown(
            .bucket, bucket, "\(what) could not be looked at",
            mend: "allow \(action) on \(resource): `keybaton policy doctor` prints it")
    }
}

extension S3LifecycleRule {
    /// Whether it can take away what Keybaton remembers. The objects of Keybaton have no tags.
    var endangersState: Bool {
        touchesCurrentVersions && !needsTags
            && ["acks/", "state/", "notices/"].contains { $0.hasPrefix(prefix) || prefix.hasPrefix($0) }
    }
}
