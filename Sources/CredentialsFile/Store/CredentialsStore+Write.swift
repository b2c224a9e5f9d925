import Glibc
import HostSystem
import Secrets

extension CredentialsStore {
    /// Writes the document in place of the version that it was made from; nil when that is not the current one any more.
    func write(
        _ document: CredentialsDocument, over version: Version?, _ name: String, in directory: borrowing Directory
    ) throws(CredentialsStoreError) -> [Installation.Warning]? {
        do {
            let skipped = try document.content.withBytes { bytes throws(ReplacementError) in
                try directory.replaceFile(
                    name, with: bytes, attributes: version?.attributes ?? .ownerOnly, ifStill: version?.status)
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
                return try rewrite(version, with: document, name, in: directory)
            }
        }
    }

    private func rewrite(
        _ version: Version, with document: CredentialsDocument, _ name: String, in directory: borrowing Directory
    ) throws(CredentialsStoreError) -> [Installation.Warning]? {
        do {
            try document.content.withBytes { new throws(ReplacementError) in
                try version.document.content.withBytes { old throws(ReplacementError) in
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
private func isRefusalOfDirectory(_ error: SystemCallError) -> Bool {
    [EBUSY, EROFS, EACCES, EPERM].contains(error.code)
}
