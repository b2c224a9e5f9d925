import AWS
import Handover
import Secrets

extension RefreshRun {
    /// Writes the check-in under the worst key that the targets hold now, signed with any key that works.
    ///
    /// NEW where it is installed: so the check-in also shows that S3 accepts it from this host.
    func checkIn(_ after: [TargetLook], _ publication: Publication, _ outcome: inout RefreshOutcome) async {
        let held = after.compactMap(\.content?.key)
        // Without a parameter there is no NEW: any key is as bad as the other.
        let worst =
            publication.keys.map { RefreshDecision.worst(of: after.map(state), published: $0.ids) }
            ?? held.first?.id
        outcome.keyID = worst
        guard let reader = publication.reader, let worst, let secret = held.first(where: { $0.id == worst })?.secret
        else { return }
        let new = publication.keys?.new
        // The rendezvous key last: signed with a key of the user, the check-in also shows that S3 accepts that key.
        let last = reader.isRendezvous ? held + [reader.key] : [reader.key] + held
        var signers = held.filter { $0 == new } + last
        signers = signers.indices.filter { !signers[..<$0].contains(signers[$0]) }.map { signers[$0] }
        do {
            let signed = try SignedCheckIn(document(of: outcome, keyID: worst), heldSecret: secret)
            let name = ObjectName.checkIn(of: host.id, user: user, key: worst)
            if let failure = await put(signed, as: name, signers) {
                outcome.problems.append(failure)
            } else {
                outcome.hasCheckedIn = true
            }
        } catch {
            outcome.problems.append(CheckIn.Problem(.refused, "the check-in could not be written as JSON: \(error)"))
        }
    }

    /// Nil when one of the signers was accepted.
    private func put(
        _ checkIn: SignedCheckIn, as name: String, _ signers: [AccessKey]
    ) async -> CheckIn.Problem? {
        var last: CheckIn.Problem?
        for signer in signers {
            do throws(ServiceFailure) {
                try await services.put(checkIn, as: name, with: signer)
                return nil
            } catch {
                let cause = problem(of: error)
                last = CheckIn.Problem(
                    code: cause.code, message: "this host could not check in: \(cause.message)")
                // S3 may learn of a new key later than STS does; a key held may be that of another user.
                guard [.keyNotAccepted, .wrongSecret, .accessDenied].contains(error.kind) else { break }
            }
        }
        return last
    }

    private func document(of outcome: RefreshOutcome, keyID: AccessKeyID) -> CheckIn {
        CheckIn(
            host: host.id, hostName: host.name, user: user, parameter: parameter,
            // Versions begin at 1: 0 says that this run could not read it, which no acknowledgement survives.
            parameterVersion: outcome.parameterVersion ?? 0, keyID: keyID, problem: outcome.problems.first,
            startedAt: outcome.startedAt, finishedAt: clock.now(), targets: outcome.targets,
            agentVersion: host.agentVersion, operatingSystem: host.operatingSystem, architecture: host.architecture,
            clockSkew: services.clockSkew.map { $0 / .seconds(1) }, nextRunDue: nextRunDue)
    }
}
