package import Secrets
package import FoundationEssentials

/// A host's newest check-in, as far as it is known.
package struct ReportedCheckIn: Hashable, Sendable {
    /// How much is known of a check-in beyond its name.
    package enum Evidence: Hashable, Sendable {
        /// Seen in a listing; its body was not read.
        case listed
        /// Read, and its proof verifies.
        case proved(version: Int, problem: CheckIn.Problem?)
        /// Read, and it does not count.
        case refused(CheckInError)
        /// A shell script's object: no proof, no version, and never written again without a change.
        case legacy
    }

    package var keyID: AccessKeyID
    /// The bucket's time, never the host's.
    package var lastModified: Date
    package var etag: String
    package var evidence: Evidence

    package init(keyID: AccessKeyID, lastModified: Date, etag: String, evidence: Evidence) {
        self.keyID = keyID
        self.lastModified = lastModified
        self.etag = etag
        self.evidence = evidence
    }

    /// The parameter's version that the proof covers; nil without a proof.
    package var version: Int? {
        if case .proved(let version, _) = evidence { version } else { nil }
    }
}

/// Which host holds which key, from one listing of a user's check-ins and from the bodies that matter.
///
/// Its size follows the number of hosts, never that of the bodies.
package struct AckLedger: Sendable {
    private var checkIns: [HostID: [ReportedCheckIn]] = [:]

    package init() {}

    package var hosts: some Collection<HostID> { checkIns.keys }

    /// Records or replaces the check-in of a host under one key.
    package mutating func record(_ checkIn: ReportedCheckIn, of host: HostID) {
        checkIns[host, default: []].removeAll { $0.keyID == checkIn.keyID }
        checkIns[host, default: []].append(checkIn)
    }

    /// The host's proved check-in of the highest parameter version, then of the latest time, unless an unproved one
    /// is later still; nil for an unknown host.
    ///
    /// Versions order what was proved, because a delayed upload may arrive late. An unproved check-in (a shell
    /// script's, one under a key nobody knows, a forged one) has only its time, and hides a proof when it is later:
    /// the host may have lost NEW since, so the rotation waits.
    package func newest(of host: HostID) -> ReportedCheckIn? {
        let all = checkIns[host, default: []]
        let proved = all.filter { $0.version != nil }
            .max { ($0.version ?? 0, $0.lastModified) < ($1.version ?? 0, $1.lastModified) }
        let unproved = all.filter { $0.version == nil }.max { $0.lastModified < $1.lastModified }
        guard let proved, let unproved else { return proved ?? unproved }
        return unproved.lastModified > proved.lastModified ? unproved : proved
    }

    package func checkIn(of host: HostID, under key: AccessKeyID) -> ReportedCheckIn? {
        checkIns[host]?.first { $0.keyID == key }
    }

    /// The check-ins whose bodies must be read before `newest(of:)` of this host can be trusted: those under
    /// published keys. Others cannot be proved, because nobody has their secret.
    package func unread(of host: HostID, published: PublishedIDs) -> [ReportedCheckIn] {
        checkIns[host, default: []].filter {
            $0.evidence == .listed && ($0.keyID == published.new || $0.keyID == published.old)
        }
    }
}
