import CSodium
import Secrets

/// Anonymous public-key encryption: what GitHub wants its secrets in.
///
/// https://doc.libsodium.org/public-key_cryptography/sealed_boxes
enum SealedBox {
    // Once a process, before anything else of libsodium.
    private static let isReady = sodium_init() >= 0

    /// Nil when the key is not one of X25519.
    static func seal(_ secret: Secret, for publicKey: [UInt8]) -> [UInt8]? {
        precondition(isReady, "libsodium cannot be used: the operating system has no random numbers")
        guard publicKey.count == crypto_box_publickeybytes() else { return nil }
        return secret.withBytes { message in
            var box = [UInt8](repeating: 0, count: crypto_box_sealbytes() + message.count)
            let code = crypto_box_seal(
                &box, message.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(message.count), publicKey)
            return code == 0 ? box : nil
        }
    }
}
