import Glibc

/// What tells this machine from others. Nothing here is secret, and nothing is proof: every one of them can be copied.
package struct HostFacts: Sendable, Equatable {
    /// Up to the first dot; nil when the system has no name, or `localhost`.
    package let hostName: String?
    /// `/etc/machine-id` (machine-id(5)), 32 hexadecimal digits. The manual asks not to publish it as it is.
    package let machineID: String?
    /// The mainboard's UUID (SMBIOS). Linux lets only root read it, so it differs between root's run and a user's.
    package let productUUID: String?
    /// The board's serial number on ARM machines; everybody may read it.
    package let deviceTreeSerial: String?
    /// The permanent address of the first network interface, by name, that is hardware; everybody may read it.
    package let hardwareAddress: String?

    /// - Parameter root: where the file system of the host begins.
    package init(hostName: String?, root: String = "") {
        let short = hostName?.prefix { $0 != "." }
        self.hostName = short.flatMap { $0.isEmpty || $0 == "localhost" ? nil : String($0) }
        machineID = ["/etc/machine-id", "/var/lib/dbus/machine-id"].lazy
            .compactMap { firstLine(of: root + $0) }
            .first { $0.utf8.count == 32 && $0.allSatisfy(\.isHexDigit) }
        // Boards whose maker filled in nothing all have the same one.
        productUUID = firstLine(of: "\(root)/sys/class/dmi/id/product_uuid").flatMap { uuid in
            uuid.allSatisfy { "0-".contains($0) } || uuid.allSatisfy { "Ff-".contains($0) } ? nil : uuid.lowercased()
        }
        deviceTreeSerial = firstLine(of: "\(root)/proc/device-tree/serial-number")
        hardwareAddress = firstHardwareAddress(in: "\(root)/sys/class/net")
    }

    /// The facts of this machine.
    package static func current() -> HostFacts {
        var name = [CChar](repeating: 0, count: 256)
        // Longer names than POSIX allows are cut off without a final zero byte.
        let known = gethostname(&name, name.count - 1) == 0
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return HostFacts(hostName: known ? text : nil)
    }
}

/// The first line of a small file; nil when it cannot be read or is empty: a fact that is not there is no error.
private func firstLine(of path: String) -> String? {
    guard let slash = path.lastIndex(of: "/"), let directory = try? Directory(path: String(path[...slash])),
        let file = try? directory.openFile(String(path[path.index(after: slash)...]))
    else { return nil }
    // A device tree's strings end with a zero byte.
    let text = try? file.withContents(limit: 4096) { bytes in
        String(decoding: bytes.prefix { $0 != 0 && $0 != 10 }, as: UTF8.self)
    }
    return text.flatMap { $0.isEmpty ? nil : $0 }
}

private func firstHardwareAddress(in path: String) -> String? {
    guard let directory = try? Directory(path: path), let names = try? directory.names() else { return nil }
    for name in names.sorted() {
        // Bridges, tunnels and virtual pairs have no device; an address that was made up has another type than 0.
        guard access("\(path)/\(name)/device", F_OK) == 0, firstLine(of: "\(path)/\(name)/addr_assign_type") == "0",
            let address = firstLine(of: "\(path)/\(name)/address"), address.contains(where: { !"0:".contains($0) })
        else { continue }
        return address
    }
    return nil
}
