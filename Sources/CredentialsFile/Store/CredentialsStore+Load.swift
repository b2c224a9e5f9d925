import Glibc
import HostSystem
import Secrets

extension CredentialsStore {
    /// The file as it was at one moment.
    struct Version {
        let status: FileStatus
        let attributes: FileAttributes
        let content: Secret
    }

    func warnings(of version: Version) -> [Installation.Warning] {
        var warnings: [Installation.Warning] = []
        let status = version.status
        if status.linkCount > 1 { warnings.append(.hardLinks(count: status.linkCount)) }
        // What the configuration allows a group needs no look.
        if status.permissions & 0o077 & ~UInt32(options.creation.permissions) != 0 {
            warnings.append(.readableByOthers(permissions: status.permissions))
        }
        if version.content.withBytes({ $0.starts(with: byteOrderMark) }) { warnings.append(.byteOrderMark) }
        return warnings
    }

    /// Reads the file; nil when there is none. Throws unless it is a regular file of the expected owner.
    func load(
        _ name: String, in directory: borrowing Directory
    ) throws(CredentialsStoreError) -> Version? {
        guard let named = try refusing({ () throws(SystemCallError) in try directory.status(of: name) }) else {
            return nil
        }
        // Before opening, because opening a device can do things; and again below, because the name may lead elsewhere.
        try check(named)
        let file = try refusing { () throws(SystemCallError) in try directory.openFile(name) }
        let status = try refusing { () throws(SystemCallError) in try file.status() }
        try check(status)
        let attributes = try refusing { () throws(SystemCallError) in try file.attributes() }
        let content: Secret
        do {
            content = try file.withContents(limit: Self.sizeLimit) { Secret($0) }
        } catch {
            throw failure(error.code == EFBIG ? .tooLarge(limit: Self.sizeLimit) : .refused(error))
        }
        return Version(status: status, attributes: attributes, content: content)
    }

    private func check(_ status: FileStatus) throws(CredentialsStoreError) {
        guard status.kind == .regular else { throw failure(.notARegularFile) }
        guard status.owner == options.owner else {
            throw failure(.foreignOwner(status.owner, expected: options.owner))
        }
        guard status.size <= Self.sizeLimit else { throw failure(.tooLarge(limit: Self.sizeLimit)) }
    }
}
