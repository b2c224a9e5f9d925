import Secrets

/// What an installation would change, without a secret.
package struct KeyPreview: Sendable, Equatable, Codable {
    /// One line of the file each, behind `- ` if it goes and `+ ` if it comes; empty when nothing would change.
    package let changes: [String]
    package let warnings: [Installation.Warning]

    package init(changes: [String], warnings: [Installation.Warning]) {
        self.changes = changes
        self.warnings = warnings
    }
}

extension Credentials {
    /// Only the lines of the key are compared, because an edit changes no other.
    func changes(to new: Credentials) -> [String] {
        var changes: [String] = []
        if header == nil, let header = new.header { changes.append("+ \(header)") }
        if id?.text != new.id?.text {
            // What is no id may be a secret in the wrong place.
            for (sign, id) in [("-", id), ("+", new.id)] {
                guard let id else { continue }
                changes.append("\(sign) \(id.label)\(id.keyID?.description ?? id.redacted)")
            }
        }
        if secret?.text != new.secret?.text {
            for (sign, secret) in [("-", secret), ("+", new.secret)] {
                guard let secret else { continue }
                changes.append("\(sign) \(secret.label)\(secret.redacted)")
            }
        }
        return changes + tokens.filter { !new.tokens.contains($0) }.map { "- \($0.label)\($0.redacted)" }
    }
}

extension Credentials.Value {
    fileprivate var redacted: String { text.count == 0 ? "" : "\(text)" }
}
