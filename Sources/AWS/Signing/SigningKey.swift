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
            // In place, so that no array holds the secret.
            Secret(count: 4 + secret.count) { bytes in
                bytes.copyBytes(from: "AWS4".utf8)
                UnsafeMutableRawBufferPointer(rebasing: bytes[4...]).copyMemory(from: secret)
            }
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
