import Glibc
import HostSystem
package import Secrets

extension CredentialsStore {
    /// What `install` would change. Never writes, and takes no lock. Throws when `install` would for the file's text.
    package func preview(_ key: AccessKey, in slot: KeySlot) throws(CredentialsStoreError) -> KeyPreview {
        let version = try current()
        let document = slot.document(version?.content ?? .empty)
        let changes = try parsing { () throws(DocumentProblem) in
            let edited = try document.installing(key).credentials()
            // What cannot be installed over is refused above; what is no key of AWS is shown as what goes.
            return try document.credentials().changes(to: edited)
        }
        return KeyPreview(changes: changes, warnings: version.map(self.warnings(of:)) ?? [])
    }

    /// Throws what would stop an installation, as far as that can be known without one: the owner, the lock, the text, the
    /// permission to make a file beside this one, a file that cannot be replaced. Leaves nothing behind.
    package func checkWritable(_ slot: KeySlot) throws(CredentialsStoreError) -> [Installation.Warning] {
        guard let place = try resolve(makingDirectory: false) else {
            try checkMakingDirectory()
            return []
        }
        var warnings: [Installation.Warning] = []
        let directory = try lock(place, &warnings)
        let version = try load(place.name, in: directory)
        try parsing { () throws(DocumentProblem) in
            let document = slot.document(version?.content ?? .empty)
            _ = try document.credentials()
            _ = try document.installing(.sample)
        }
        do {
            try directory.checkCreation()
            if version != nil { try directory.checkReplaceable(place.name) }
        } catch {
            if error.code == EPERM || version == nil || !options.allowsRewritingInPlace || !isRefusalOfDirectory(error)
            {
                throw failure(error.code == EBUSY ? .mountPoint : .refused(error))
            }
        }
        return warnings + (version.map(self.warnings(of:)) ?? [])
    }

    private func current() throws(CredentialsStoreError) -> Version? {
        guard let place = try resolve(makingDirectory: false) else { return nil }
        let directory = try refusing { () throws(SystemCallError) in try Directory(path: place.directory) }
        return try load(place.name, in: directory)
    }
}

extension AccessKey {
    /// What AWS's documentation shows as a key.
    fileprivate static let sample: AccessKey = {
        guard let id = AccessKeyID("AKIAIOSFODNN7EXAMPLE"),
            let key = AccessKey(id: id, secret: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
        else { preconditionFailure("the documentation's key is one") }
        return key
    }()
}
