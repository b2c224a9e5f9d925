import COpenSSL

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    package static let byteCount = 32

    package static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { digest, count in
            let succeeded = EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, nil, EVP_sha256(), nil)
            precondition(succeeded == 1, "libcrypto has no SHA-256")
            count = byteCount
        }
    }

    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes(hash)
    }
}

/// HMAC with SHA-256 (RFC 2104).
package enum HMACSHA256 {
    package static func authenticationCode(for message: [UInt8], key: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { code, count in
            // HMAC() takes a missing key for "the key of the last call": an empty one must still be a pointer.
            let result = withUnsafeBytes(of: UInt8(0)) { empty in
                HMAC(
                    EVP_sha256(), key.baseAddress ?? empty.baseAddress, Int32(key.count),
                    message, message.count, code.baseAddress, nil)
            }
            precondition(result != nil, "libcrypto has no HMAC-SHA-256")
            count = SHA256.byteCount
        }
    }

    package static func authenticationCode(for message: [UInt8], key: [UInt8]) -> [UInt8] {
        key.withUnsafeBytes { authenticationCode(for: message, key: $0) }
    }

    package static func authenticationCode(for message: [UInt8], key: Secret) -> [UInt8] {
        key.withBytes { authenticationCode(for: message, key: $0) }
    }
}

/// Whether both hold the same bytes, in a time that depends on the lengths only.
package func constantTimeEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    left.count == right.count && (left.isEmpty || CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0)
}

/// Whether both hold the same bytes, in a time that depends on the lengths only.
package func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.withUnsafeBytes { left in right.withUnsafeBytes { right in constantTimeEqual(left, right) } }
}

/// Bytes from libcrypto's generator, seeded by the operating system.
package func randomBytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
        // A host without entropy must not go on with a guessable nonce.
        precondition(RAND_bytes(bytes.baseAddress, Int32(count)) == 1, "the random number generator failed")
        initialized = count
    }
}
