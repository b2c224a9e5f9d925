import Secrets
import Testing

@Suite struct HashingTests {
    @Test(
        "SHA-256 examples of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func sha256(message: String, digest: String) {
        #expect(SHA256.hash(Array(message.utf8)).hexadecimal == digest)
    }

    struct Vector: CustomTestStringConvertible {
        let number: Int
        let key: [UInt8]
        let message: [UInt8]
        let code: String
        var testDescription: String { "case \(number)" }
    }

    /// https://www.rfc-editor.org/rfc/rfc4231#section-4; case 5 is truncated to 128 bits there.
    static let rfc4231: [Vector] = [
        Vector(
            number: 1, key: Array(repeating: 0x0b, count: 20), message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            number: 2, key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            number: 3, key: Array(repeating: 0xaa, count: 20), message: Array(repeating: 0xdd, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            number: 4, key: Array(1...25), message: Array(repeating: 0xcd, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Vector(
            number: 5, key: Array(repeating: 0x0c, count: 20), message: Array("Test With Truncation".utf8),
            code: "a3b6167473100ee06e0c796c2955552b"),
        Vector(
            number: 6, key: Array(repeating: 0xaa, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Vector(
            number: 7, key: Array(repeating: 0xaa, count: 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test("HMAC-SHA-256 cases of RFC 4231", arguments: rfc4231)
    func hmac(vector: Vector) {
        let code = HMACSHA256.authenticationCode(for: vector.message, key: vector.key).hexadecimal
        #expect(code.prefix(vector.code.count) == vector.code)
        #expect(HMACSHA256.authenticationCode(for: vector.message, key: Secret(vector.key)).hexadecimal == code)
    }

    /// The value for an empty key and message is a widely published one (for example Wikipedia, "HMAC").
    @Test func anEmptyKeyIsAKey() {
        let code = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        #expect(HMACSHA256.authenticationCode(for: [], key: [UInt8]()).hexadecimal == code)
        #expect(HMACSHA256.authenticationCode(for: [], key: Secret("")).hexadecimal == code)
    }

    @Test func constantTimeEqualityIsEquality() {
        #expect(constantTimeEqual([1, 2], [1, 2]) && constantTimeEqual([], []))
        #expect(!constantTimeEqual([1, 2], [1, 3]) && !constantTimeEqual([1], [1, 2]))
    }

    @Test func randomBytesDiffer() {
        #expect(randomBytes(16).count == 16 && randomBytes(16) != randomBytes(16))
    }

    @Test func hexadecimalReadsWhatItWrites() {
        #expect([0x00, 0x7f, 0xff].hexadecimal == "007fff")
        #expect([UInt8](hexadecimal: "007fFF") == [0x00, 0x7f, 0xff])
        #expect([UInt8](hexadecimal: "0") == nil && [UInt8](hexadecimal: "0g") == nil)
    }
}
