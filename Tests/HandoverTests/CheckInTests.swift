import FoundationEssentials
import Handover
import Secrets
import Testing

@Suite("A check-in") struct CheckInTests {
    static func checkIn() throws -> CheckIn {
        CheckIn(
            host: try Example.host(), hostName: "nas.lan", user: try Example.user(), parameter: "/keybaton/backup",
            parameterVersion: 7, keyID: try Example.new().id, problem: nil,
            startedAt: Date(timeIntervalSince1970: 1_800_000_000),
            finishedAt: Date(timeIntervalSince1970: 1_800_000_003),
            targets: [
                CheckIn.Target(
                    path: "/home/alice/.aws/credentials", profile: "default", format: "ini",
                    keyID: try Example.new().id, problem: nil)
            ],
            agentVersion: "1.0.0", operatingSystem: "Debian GNU/Linux 12", architecture: "x86_64", clockSkew: -1.5,
            nextRunDue: Date(timeIntervalSince1970: 1_800_086_400))
    }

    private func verify(_ signed: SignedCheckIn) throws -> CheckIn {
        try signed.verified(user: Example.user(), key: Example.new(), host: Example.host())
    }

    /// Signs any text as its writer would: the proof is HMAC-SHA256 over the version line and the bytes.
    private func sign(_ text: String) throws -> SignedCheckIn {
        let body = Array(text.utf8)
        let message = Array("keybaton check-in v1\n".utf8) + body
        let proof = HMACSHA256.authenticationCode(for: message, key: try Example.new().secret).hexadecimal
        return SignedCheckIn(body: body, proof: proof)
    }

    private func expect(_ expected: CheckInError, of signed: SignedCheckIn) {
        #expect(throws: expected) { try verify(signed) }
    }

    static let golden =
        #"{"agent_version":"1.0.0","architecture":"x86_64","clock_skew":-1.5,"finished_at":"2027-01-15T08:00:03Z","#
        + #""format":1,"host":"nas","host_name":"nas.lan","key_id":"AKIAEXAMPLENEW000001","#
        + #""next_run_due":"2027-01-16T08:00:00Z","operating_system":"Debian GNU/Linux 12","#
        + #""parameter":"/keybaton/backup","parameter_version":7,"started_at":"2027-01-15T08:00:00Z","#
        + #""targets":[{"format":"ini","key_id":"AKIAEXAMPLENEW000001","path":"/home/alice/.aws/credentials","#
        + #""profile":"default"}],"user":"backup"}"#

    @Test("has this body, which other programs read") func goldenBody() throws {
        let signed = try SignedCheckIn(Self.checkIn(), heldSecret: Example.new().secret)
        #expect(String(decoding: signed.body, as: UTF8.self) == Self.golden)
        // By Python's hmac, over the version line and the body.
        #expect(signed.proof == "581241fb67d6b77744b5c90770e76335af80de826b2649eb044573766e5a2617")
    }

    @Test func comesBackAsItWasSent() throws {
        var checkIn = try Self.checkIn()
        #expect(try verify(SignedCheckIn(checkIn, heldSecret: Example.new().secret)) == checkIn)
        checkIn.problem = CheckIn.Problem(code: "unwritable", message: "/x: ñ \"quoted\" \u{1b}")
        checkIn.targets[0].keyID = nil
        checkIn.targets[0].problem = checkIn.problem
        checkIn.clockSkew = nil
        checkIn.nextRunDue = nil
        #expect(try verify(SignedCheckIn(checkIn, heldSecret: Example.new().secret)) == checkIn)
    }

    @Test func countsOnlyWithTheSecretOfItsKey() throws {
        expect(.proofDoesNotVerify, of: try SignedCheckIn(Self.checkIn(), heldSecret: Example.old().secret))
    }

    @Test func countsOnlyForTheUserKeyAndHostOfItsName() throws {
        let secret = try Example.new().secret
        var checkIn = try Self.checkIn()
        checkIn.user = try Example.user("other")
        expect(.saysOtherThanItsName, of: try SignedCheckIn(checkIn, heldSecret: secret))
        checkIn = try Self.checkIn()
        checkIn.host = try Example.host("pi")
        expect(.saysOtherThanItsName, of: try SignedCheckIn(checkIn, heldSecret: secret))
        checkIn = try Self.checkIn()
        checkIn.keyID = try Example.old().id
        expect(.saysOtherThanItsName, of: try SignedCheckIn(checkIn, heldSecret: secret))
    }

    @Test("with any one byte changed does not count") func changedByte() throws {
        let signed = try SignedCheckIn(Self.checkIn(), heldSecret: Example.new().secret)
        for place in stride(from: 0, to: signed.body.count, by: 7) {
            var body = signed.body
            body[place] ^= 1
            expect(.proofDoesNotVerify, of: SignedCheckIn(body: body, proof: signed.proof))
        }
        expect(.proofDoesNotVerify, of: SignedCheckIn(body: signed.body + [0x20], proof: signed.proof))
    }

    @Test("with another proof does not count")
    func changedProof() throws {
        let signed = try SignedCheckIn(Self.checkIn(), heldSecret: Example.new().secret)
        for proof in ["", "00", "zz", signed.proof + "00", String(signed.proof.dropLast(2)), "é" + signed.proof] {
            expect(.proofDoesNotVerify, of: SignedCheckIn(body: signed.body, proof: proof))
        }
    }

    @Test func thatIsTooLargeIsNotEvenHashed() throws {
        let padding = String(repeating: " ", count: CheckIn.maximumSize + 1 - Self.golden.utf8.count)
        expect(.tooLarge, of: try sign(Self.golden + padding))
        #expect(try verify(sign(Self.golden + padding.dropLast())) == Self.checkIn())
    }

    @Test("may carry fields of a later agent") func unknownFields() throws {
        let text = Self.golden.replacing(#""format":1"#, with: #""added_later":{"a":[1]},"format":1"#)
        #expect(try verify(sign(text)) == Self.checkIn())
    }

    @Test("of another format is named as such, whatever else it holds", arguments: [0, 2, 99, -1])
    func otherFormat(_ format: Int) throws {
        expect(
            .unknownFormat(format),
            of: try sign(Self.golden.replacing(#""format":1"#, with: #""format":\#(format)"#)))
        expect(.unknownFormat(format), of: try sign(#"{"format":\#(format),"everything":"else"}"#))
    }

    @Test(
        "that is not what an agent writes is malformed",
        arguments: [
            "", "null", "[]", "{}", "{\"format\":\"1\"}", golden + "x", String(golden.dropLast()),
            golden.replacing("\"nas\"", with: "\"-rf\""), golden.replacing(":7,", with: ":7.5,"),
            golden.replacing("2027-01-15T08:00:03Z", with: "yesterday"),
        ])
    func malformed(_ text: String) throws {
        expect(.malformed, of: try sign(text))
    }

    @Test(
        "is refused with a sentence",
        arguments: [
            .tooLarge, .proofDoesNotVerify, .malformed, .unknownFormat(2), .saysOtherThanItsName,
        ] as [CheckInError])
    func sentences(_ error: CheckInError) {
        #expect("\(error)".hasPrefix("the check-in"))
    }
}
