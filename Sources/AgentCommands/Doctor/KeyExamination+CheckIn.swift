import Console
import Handover
import Refresher
import Secrets

extension KeyExamination {
    /// Whether this host may check in.
    ///
    /// The check-in is written only where there is none yet, so that it takes nobody's place: neither that of an
    /// acknowledgement nor that of a run which ends at this moment. Where there is one, S3 says so after it has judged
    /// the permission. And the one that is written carries a problem, so it acknowledges nothing.
    func checkIn(_ looks: [TargetLook], _ aws: AWSLook) async -> Finding {
        guard let host else { return .unknown(.checkIn, bucket, "this host has no name to check in under") }
        let held = looks.compactMap(\.content?.key)
        guard let worst = worst(of: looks, aws.publication), let secret = held.first(where: { $0.id == worst })?.secret,
            !aws.accepted.isEmpty
        else { return .unknown(.checkIn, bucket, "there is no key that works to check in with") }
        let signers = aws.accepted.filter { $0 == aws.publication?.keys.new } + aws.accepted
        guard let signed = try? SignedCheckIn(document(looks, aws, host, worst), heldSecret: secret) else {
            return .problem(.unexpected, .checkIn, bucket, "the check-in could not be written as JSON", mend: nil)
        }
        return await put(signed, as: ObjectName.checkIn(of: host.id, user: user, key: worst), signers, aws)
    }

    /// - Parameter signers: the first one that may decides.
    private func put(
        _ checkIn: SignedCheckIn, as name: String, _ signers: [AccessKey], _ aws: AWSLook
    ) async -> Finding {
        let subject = "s3://\(bucket)/\(name)"
        var last = Finding.unknown(.checkIn, subject, "there is no key that works to check in with")
        for signer in signers {
            do throws(ServiceFailure) {
                return try await aws.services.create(checkIn, as: name, with: signer)
                    ? .ok(.checkIn, subject, "was written: the rotator sees this host, as one that has not run yet")
                    : .ok(.checkIn, subject, "may be written")
            } catch {
                last = finding(of: error, .checkIn, subject, mend: checkInAdvice(error, aws.principal))
                guard [.keyNotAccepted, .wrongSecret, .accessDenied].contains(error.kind) else { break }
            }
        }
        return last
    }

    private func checkInAdvice(_ failure: ServiceFailure, _ principal: Principal?) -> String? {
        switch failure.kind {
        case .accessDenied:
            "check `bucket`; if it is right, allow s3:PutObject on "
                + "arn:\(principal?.home?.partition ?? "aws"):s3:::\(bucket)/acks/\(user)/*, and look at the bucket's own "
                + "policy"
        case .notFound, .refused: "check `bucket` (\(bucket)) and `region` (\(region))"
        default: nil
        }
    }

    private func worst(of looks: [TargetLook], _ publication: PublicationLook?) -> AccessKeyID? {
        let states = looks.map { look in look.content?.key.map { TargetState.key($0.id) } ?? .none }
        return publication.map { RefreshDecision.worst(of: states, published: $0.keys.ids) }
            ?? looks.compactMap(\.content?.key).first?.id
    }

    private func document(
        _ looks: [TargetLook], _ aws: AWSLook, _ host: HostDescription, _ keyID: AccessKeyID
    ) -> CheckIn {
        let now = now()
        return CheckIn(
            host: host.id, hostName: host.name, user: user, parameter: parameter,
            parameterVersion: aws.publication?.version ?? 0, keyID: keyID,
            problem: CheckIn.Problem(
                code: "not-run-yet",
                message:
                    "`keybaton-agent doctor` looked at this host, and no run has checked in yet: start one, or see to "
                    + "its timer"),
            startedAt: now, finishedAt: now,
            targets: looks.map { look in
                CheckIn.Target(
                    path: look.target.path, profile: look.target.profile, format: look.target.format,
                    keyID: look.content?.key?.id, problem: look.failure.map { CheckIn.Problem(.targetUnwritable, $0) })
            },
            agentVersion: host.agentVersion, operatingSystem: host.operatingSystem, architecture: host.architecture,
            clockSkew: aws.services.clockSkew.map { $0 / .seconds(1) }, nextRunDue: nil)
    }
}
