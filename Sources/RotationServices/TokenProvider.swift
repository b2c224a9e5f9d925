package import Secrets

/// A token of a foreign service, read when it is needed: it may be replaced while the configuration stays.
package protocol TokenProvider: Sendable {
    /// Throws with a sentence that names the file or the secret and says what to do.
    func token() async throws -> Secret
}
