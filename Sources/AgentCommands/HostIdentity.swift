package import Console
package import Handover
package import HostSystem
import Refresher
import Secrets

/// The name under which this host checks in where the configuration gives none.
package enum HostIdentity {
    /// The host name, `-`, and eight hexadecimal digits that tell two hosts of one name apart.
    ///
    /// The digits come from the machine id, as machine-id(5) asks, by a keyed hash; and from the board's serial number
    /// or else the first network card's address, because a copied SD card has the same machine id. Not from the
    /// mainboard's UUID: only root may read it, and root's runs and a user's must agree.
    package static func derive(from facts: HostFacts) throws(CommandFailure) -> HostID {
        guard let machineID = facts.machineID else {
            throw CommandFailure(
                .configuration,
                "this machine has no /etc/machine-id to derive a host id from: set host = \"NAME\" in the configuration, "
                    + "or run systemd-machine-id-setup")
        }
        let hardware = facts.deviceTreeSerial ?? facts.hardwareAddress ?? ""
        let digits = HMACSHA256.authenticationCode(
            for: Array("\(machineID)\n\(hardware)".utf8), key: Array("keybaton host id v1".utf8)
        ).prefix(4).hexadecimal
        let name = facts.hostName.map(sanitise) ?? ""
        guard let id = HostID("\(name.isEmpty ? "host" : name)-\(digits)") else {
            throw CommandFailure(
                .configuration, "the host name makes no host id: set host = \"NAME\" in the configuration")
        }
        return id
    }

    /// Of 64 characters nine are the digits'.
    private static func sanitise(_ name: String) -> String {
        let allowed = name.unicodeScalars.map { scalar -> Character in
            let isAllowed =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "._-".contains(Character(scalar)))
            return isAllowed ? Character(scalar) : "-"
        }
        return String(String(allowed).drop { $0 == "-" || $0 == "." }.prefix(55))
    }
}

extension HostDescription {
    /// This machine. Throws when it has no name to check in under.
    static func current(configured id: HostID?) throws -> HostDescription {
        let facts = HostFacts.current()
        let platform = Platform.current()
        let id = try id ?? HostIdentity.derive(from: facts)
        return HostDescription(
            id: id, name: facts.hostName ?? id.description, operatingSystem: platform.operatingSystem,
            architecture: platform.architecture, agentVersion: keybatonVersion)
    }
}
