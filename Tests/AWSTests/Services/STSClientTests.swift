import AWS
import FoundationEssentials
import HTTPTransport
import Secrets
import Testing

@Suite struct STSClientTests {
    private static func answer(_ operation: String, _ result: String) -> ScriptedServer.Answer {
        .http(200, "<\(operation)Response><\(operation)Result>\(result)</\(operation)Result></\(operation)Response>")
    }

    private static let credentials =
        "<Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>hunter2</SecretAccessKey>"
        + "<SessionToken>token/+=</SessionToken><Expiration>2026-11-21T08:10:47Z</Expiration></Credentials>"

    @Test func saysWhoOneIs() async throws {
        let bench = Bench(
            Self.answer(
                "GetCallerIdentity",
                "<Arn>arn:aws:iam::123456789012:user/backup</Arn><UserId>AIDA1</UserId><Account>123456789012</Account>")
        )
        let identity = try await STSClient(bench.client).getCallerIdentity()
        #expect(identity.account == "123456789012" && identity.userID == "AIDA1")
        #expect(identity.arn == "arn:aws:iam::123456789012:user/backup")
        #expect(bench.sender.requests[0].text == "Action=GetCallerIdentity&Version=2011-06-15")
    }

    @Test func assumesARole() async throws {
        let bench = Bench(Self.answer("AssumeRole", Self.credentials))
        let role = "arn:aws:iam::123456789012:role/rotator"
        let credentials = try await STSClient(bench.client).assumeRole(
            role, sessionName: "keybaton", externalID: "x y", duration: .seconds(900))
        #expect(credentials.accessKeyID == "ASIA1" && credentials.secretAccessKey == Secret("hunter2"))
        #expect(credentials.sessionToken == Secret("token/+=") && credentials.expiration == StoppedClock.time)
        #expect(
            bench.sender.requests[0].text
                == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Frotator"
                + "&RoleSessionName=keybaton&ExternalId=x%20y&DurationSeconds=900")
    }

    @Test func aWebIdentityIsSentUnsigned() async throws {
        let bench = Bench(Self.answer("AssumeRoleWithWebIdentity", Self.credentials))
        _ = try await STSClient(bench.client).assumeRoleWithWebIdentity(
            "arn:aws:iam::123456789012:role/r", sessionName: "s", token: Secret("a.b.c"))
        #expect(bench.sender.requests[0].header("Authorization") == nil)
        #expect(bench.sender.requests[0].text.contains("&WebIdentityToken=a.b.c"))
    }

    @Test func credentialsWithoutATokenAreAnError() async {
        let result =
            "<Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>hunter2</SecretAccessKey></Credentials>"
        let error = await Bench(Self.answer("AssumeRole", result)).failure {
            try await STSClient($0).assumeRole("r", sessionName: "s")
        }
        #expect(error?.kind == .malformedAnswer && !"\(error as Any)".contains("hunter2"))
    }
}
