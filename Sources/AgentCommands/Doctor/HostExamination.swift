import Console
import Handover
import HostSystem

/// Whether the name under which the host checks in is its own.
struct HostExamination {
    /// The names that systems come with.
    private static let commonNames: Set<String> = [
        "alpine", "debian", "dietpi", "diskstation", "fedora", "localhost", "openwrt", "orangepi", "raspberrypi",
        "truenas", "ubuntu", "unraid",
    ]

    let configured: HostID?
    let facts: HostFacts

    /// Only the rotator sees all hosts: two of one name look like one that holds this key today and that tomorrow.
    func findings() -> [Finding] {
        if let configured {
            guard Self.commonNames.contains(configured.description.lowercased()) else {
                return [.ok(.host, configured.description, "is the name under which this host checks in")]
            }
            return [
                .warning(
                    .host, configured.description, "is a name that other machines may have, too",
                    mend:
                        "make sure that no other host's configuration says the same, or remove `host`: then digits that "
                        + "are this machine's own are added to its name")
            ]
        }
        do {
            let id = try HostIdentity.derive(from: facts)
            guard facts.deviceTreeSerial == nil, facts.hardwareAddress == nil else {
                return [.ok(.host, id.description, "is the name under which this host checks in")]
            }
            return [
                .warning(
                    .host, id.description,
                    "is derived from the host's name and /etc/machine-id alone, which a copy of this machine shares",
                    mend: "set `host` to a name of its own, or give every copy its own id: systemd-machine-id-setup")
            ]
        } catch {
            return [.problem(.configuration, .host, nil, error.description, mend: nil)]
        }
    }
}
