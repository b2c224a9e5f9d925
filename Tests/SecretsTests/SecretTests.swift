import Secrets
import Testing

@Suite struct SecretTests {
    struct Holder {
        let name = "holder"
        let secret: Secret
    }

    @Test("no rendering shows the bytes, not even from inside another value")
    func redaction() {
        let secret = Secret("EXAMPLEsecretEXAMPLEsecretEXAMPLEsecret1")
        let holder = Holder(secret: secret)
        var dumped = ""
        dump(holder, to: &dumped)
        let renderings = [
            "\(secret)", String(reflecting: secret), "\(holder)", String(reflecting: holder), "\([secret])",
            "\(Optional(secret) as Any)", "\(["key": secret])", dumped,
        ]
        for rendering in renderings {
            #expect(!rendering.contains("EXAMPLE"))
        }
        #expect("\(secret)" == "<redacted>")
    }

    @Test func revealsWhatItWasMadeOf() {
        #expect(Secret("añ/+=").reveal() == "añ/+=")
        #expect(Secret("").reveal() == "" && Secret("").count == 0)
    }

    @Test func equalityFollowsTheBytes() {
        #expect(Secret("a") == Secret("a") && Secret("a").hashValue == Secret("a").hashValue)
        #expect(Secret("a") != Secret("b") && Secret("a") != Secret("aa") && Secret("") == Secret(""))
    }
}
