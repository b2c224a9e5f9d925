import Secrets

/// The credentials that stand in a document, whatever they are.
package struct Credentials: Sendable, Equatable {
    package struct Value: Sendable, Equatable {
        /// What the file's format writes before a value, as in `aws_access_key_id = `.
        let label: String
        /// From 1.
        let line: Int
        let text: Secret
    }

    /// The line that the credentials stand below, as in `[default]`; nil when there is none, or none is needed.
    var header: String?
    var id: Value?
    var secret: Value?
    var tokens: [Value] = []

    /// Nil when there is neither id nor secret, or both are empty, as in a file that waits to be filled in.
    func heldKey() throws(DocumentProblem) -> HeldKey? {
        switch (id, secret) {
        case (nil, nil): return nil
        case (let id?, nil): throw DocumentProblem(line: id.line, reason: .idWithoutSecret)
        case (nil, let secret?): throw DocumentProblem(line: secret.line, reason: .secretWithoutID)
        case (let id?, let secret?):
            if id.text.count == 0, secret.text.count == 0 { return nil }
            guard let keyID = id.keyID else { throw DocumentProblem(line: id.line, reason: .notAnAccessKeyID) }
            guard let key = AccessKey(id: keyID, secret: secret.text) else {
                throw DocumentProblem(line: secret.line, reason: .notASecretAccessKey)
            }
            return HeldKey(key: key, hasSessionToken: !tokens.isEmpty)
        }
    }
}

extension Credentials.Value {
    /// Nil when it is none.
    var keyID: AccessKeyID? { AccessKeyID(text.reveal()) }
}
