import Console
import Handover
import Refresher
import Secrets

extension KeyExamination {
    /// What is known of the separate identity before anything else is.
    struct WayBack {
        /// Nil when it leads nowhere.
        var key: AccessKey?
        /// Why it leads nowhere, or is none.
        var finding: Finding?
    }

    /// Nil when none is configured. It must live when all keys of the user are dead.
    func wayBack(_ services: any ExaminedServices) async -> WayBack? {
        guard let rendezvous else { return nil }
        let key: AccessKey
        do {
            key = try rendezvous.key()
        } catch {
            // The sentence says what to do.
            return WayBack(finding: .problem(.configuration, .rendezvous, rendezvous.place, "\(error)", mend: nil))
        }
        do throws(ServiceFailure) {
            let principal = try await services.principal(of: key)
            do throws(ServiceFailure) {
                _ = try await services.parameter(parameter, version: nil, with: key)
            } catch {
                let mend = error.kind == .accessDenied ? readingRight(error, principal) : nil
                return WayBack(finding: finding(of: error, .rendezvous, rendezvous.place, mend: mend))
            }
            guard principal.userName != user else {
                return WayBack(
                    finding: .warning(
                        .rendezvous, rendezvous.place,
                        "belongs to \(user) itself: its key is rotated, too, so it is no way back",
                        mend: "use the key of another IAM user, with a policy of its own"))
            }
            return WayBack(key: key)
        } catch {
            return WayBack(
                finding: finding(
                    of: error, .rendezvous, rendezvous.place,
                    mend: "put the separate identity's current key there: aws configure"))
        }
    }

    /// Whether it may check in as well, which a host does that cannot put NEW into its files.
    func judge(_ wayBack: WayBack, _ looks: [TargetLook], _ aws: AWSLook) async -> Finding {
        let place = rendezvous?.place
        if let finding = wayBack.finding { return finding }
        var other = aws
        other.accepted = [wayBack.key].compactMap(\.self)
        let checkIn = await checkIn(looks, other)
        return checkIn.verdict == .problem
            ? .problem(checkIn.status, .rendezvous, place, checkIn.message, mend: checkIn.mend)
            : .ok(
                .rendezvous, place,
                checkIn.verdict == .ok ? "can read \(parameter) and check in" : "can read \(parameter)")
    }
}
