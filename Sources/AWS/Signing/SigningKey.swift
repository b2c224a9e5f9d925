import Secrets

/// The key of one day, region and service, derived from a secret key, and where it is valid.
///
/// Not cached: the four HMACs take microseconds, and a cache would keep key material alive.
struct SigningKey {
    /// `date/region/service/aws4_request`.
    let scope: String
    private let key: Secret

    init(secret: Secret, date: Substring, region: String, service: String) {
        scope = "\(date)/\(region)/\(service)/aws4_request"
        var key = secret.withBytes { secret in
            // Joined lazily, so that no array holds the secret.
            Array("AWS4".utf8).withUnsafeBytes { prefix in Secret([prefix, secret].joined()) }
        }
        for part in [String(date), region, service, "aws4_request"] {
            key = Secret(HMACSHA256.authenticationCode(for: Array(part.utf8), key: key))
        }
        self.key = key
    }

    /// In hexadecimal.
    func sign(_ text: String) -> String {
        HMACSHA256.authenticationCode(for: Array(text.utf8), key: key).hexadecimal
    }
}
