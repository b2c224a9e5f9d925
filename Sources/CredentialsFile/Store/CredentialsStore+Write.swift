import Glibc
import HostSystem
import Secrets

extension CredentialsStore {
    /// Writes the contents in place of the version that it was made from; nil when that is not the current one any more.
    func write(
        _ content: Secret, over version: Version?, _ name: String, in directory: borrowing Directory
    ) throws(CredentialsStoreError) -> [Installation.Warning]? {
        do {
            let skipped = try content.withBytes { bytes throws(ReplacementError) in
                try directory.replaceFile(
                    name, with: bytes, attributes: version?.attributes ?? created, ifStill: version?.status)
            }
            return skipped.map { .attributeNotKept($0) }
        } catch {
            switch error {
            case .changedMeanwhile: return nil
            case .attributesNotKept(let cause): throw failure(.attributesNotKept(cause))
            case .notDurable(let cause): throw failure(.notDurable(cause))
            case .failed(let cause):
                guard let version, options.allowsRewritingInPlace, isRefusalOfDirectory(cause) else {
                    throw failure(cause.code == EBUSY ? .mountPoint : .refused(cause))
                }
                return try rewrite(version, with: content, name, in: directory)
            }
        }
    }

    private var created: FileAttributes {
        .made(
            owner: options.owner, group: options.creation.group, permissions: UInt32(options.creation.permissions))
    }

    private func rewrite(
        _ version: Version, with content: Secret, _ name: String, in directory: borrowing Directory
    ) throws(CredentialsStoreError) -> [Installation.Warning]? {
        do {
            try content.withBytes { new throws(ReplacementError) in
                try version.content.withBytes { old throws(ReplacementError) in
                    try directory.rewriteFile(name, with: new, replacing: old, ifStill: version.status)
                }
            }
            return [.rewrittenInPlace]
        } catch {
            switch error {
            case .changedMeanwhile: return nil
            case .attributesNotKept(let cause), .notDurable(let cause), .failed(let cause):
                throw failure(.refused(cause))
            }
        }
    }
}

/// Whether it is the directory that does not let the file be replaced, while the file itself may be writable: a mount
/// point of its own (EBUSY), often in a container whose other files are read-only.
func isRefusalOfDirectory(_ error: SystemCallError) -> Bool {
    [EBUSY, EROFS, EACCES, EPERM].contains(error.code)
}
