import Handover
import Secrets
import Testing

@Suite("Secrets stay unseen") struct SecrecyTests {
    private func expectSilence(_ value: some Any, _ location: SourceLocation = #_sourceLocation) {
        let optional: Any? = value
        let renderings = [
            "\(value)", String(describing: value), String(reflecting: value), rendering(value), "\([value])",
            rendering([value]), "\(["k": value])", String(describing: optional), rendering(optional as Any),
            String(reflecting: (1, value)), rendering(Result<_, any Error>.success(value)),
        ]
        for text in renderings {
            for secret in [Example.newSecret, Example.oldSecret] {
                #expect(!text.contains(secret.prefix(8)), "\(text)", sourceLocation: location)
                #expect(!text.contains(secret.suffix(8)), "\(text)", sourceLocation: location)
                let asBytes = secret.utf8.prefix(6).map(String.init).joined(separator: ", ")
                #expect(!text.contains(asBytes), "\(text)", sourceLocation: location)
            }
        }
    }

    @Test func inEveryRenderingOfAKey() throws {
        let key = try Example.new()
        expectSilence(key)
        expectSilence(try Example.pair())
        expectSilence(try Example.first())
        expectSilence(try Example.pair().text)
    }

    @Test("in a check-in, its proof and its errors") func inCheckIns() throws {
        let signed = try SignedCheckIn(try CheckInTests.checkIn(), heldSecret: Example.new().secret)
        expectSilence(signed)
        let body = String(decoding: signed.body, as: UTF8.self)
        #expect(!body.contains(Example.newSecret) && !body.contains(Example.oldSecret))
        #expect(!signed.proof.contains(Example.newSecret))
        let error = #expect(throws: CheckInError.self) {
            try signed.verified(user: Example.user(), key: Example.old(), host: Example.host())
        }
        expectSilence(error as Any)
    }
}
