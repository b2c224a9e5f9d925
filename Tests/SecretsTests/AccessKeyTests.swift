import Secrets
import Testing

@Suite struct AccessKeyTests {
    static let secret = "NEWsecretNEWsecret/OLDsecret+OLDsecret12"

    @Test(
        "an id of another form is no id",
        arguments: [
            "", "AKIA", "AKIANEWNEWNEWNEW222\n", "akianewnewnewnew2222", "AKIANEWNEWNEWNEW 222", "AKIANEWNEWNEWNEW222É",
            String(repeating: "A", count: 129),
        ])
    func refusesID(_ id: String) {
        #expect(AccessKeyID(id) == nil)
    }

    @Test(
        "a secret of another form is no secret access key",
        arguments: [
            "", "short", secret + "\n", secret + "\r[default]", secret + " ", secret + "#", secret + "é",
            String(repeating: "a", count: 129),
        ])
    func refusesSecret(_ secret: String) throws {
        #expect(AccessKey(id: try #require(AccessKeyID("AKIANEWNEWNEWNEW2222")), secret: Secret(secret)) == nil)
    }

    @Test(arguments: [16, 128])
    func acceptsTheShortestAndTheLongest(count: Int) throws {
        let id = try #require(AccessKeyID(String(repeating: "A", count: count)))
        #expect(AccessKey(id: id, secret: Secret(String(repeating: "/", count: count))) != nil)
    }
}
