package import CredentialsFile
package import Refresher

/// All that must be known to open a target; nothing in it is secret.
package struct TargetDescription: Sendable, Hashable, Codable {
    package var path: String
    package var slot: KeySlot
    package var allowsRewritingInPlace: Bool
    /// Whose the file is; nil: of the user of the process that opens it.
    package var owner: UInt32?
    /// For a file that is made; nil: its owner's.
    package var group: UInt32?
    /// For a file that is made; nil: its owner only.
    package var permissions: UInt16?
    /// How long to wait for another run that edits a file of the same directory.
    package var patience: Duration

    package init(
        path: String, slot: KeySlot, allowsRewritingInPlace: Bool = false, owner: UInt32? = nil, group: UInt32? = nil,
        permissions: UInt16? = nil, patience: Duration = .seconds(30)
    ) {
        self.path = path
        self.slot = slot
        self.allowsRewritingInPlace = allowsRewritingInPlace
        self.owner = owner
        self.group = group
        self.permissions = permissions
        self.patience = patience
    }

    /// The target, for this process to touch with its own rights.
    package func open() -> FileTarget {
        var options = CredentialsStore.Options(
            patience: patience, allowsRewritingInPlace: allowsRewritingInPlace,
            creation: CredentialsStore.Creation(group: group, permissions: permissions))
        if let owner { options.owner = owner }
        return FileTarget(store: CredentialsStore(path: path, options: options), slot: slot)
    }
}
