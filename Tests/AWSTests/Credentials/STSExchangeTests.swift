import AWS
import FoundationEssentials
import HTTPTransport
import Secrets
import Synchronization
import Testing

@Suite struct STSExchangeTests {
    private static let keys = AWSCredentials(accessKeyID: "AKIA", secretAccessKey: Secret("s"), source: "test")
    private static let role = RoleRequest(
        arn: "arn:aws:iam::123456789012:role/r", externalID: "a&b", durationSeconds: 900)

    private static func answer(_ credentials: String) -> String {
        "<AssumeRoleResponse><AssumeRoleResult><Credentials>\(credentials)</Credentials></AssumeRoleResult></AssumeRoleResponse>"
    }

    private static let credentials =
        "<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>sts&#115;ecret</SecretAccessKey>"
        + "<SessionToken>t</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration>"

    private func exchange(
        region: String? = "eu-west-1", endpoint: String? = nil,
        _ answer: @escaping @Sendable (HTTPRequest) throws(HTTPError) -> HTTPResponse
    ) -> STSExchange {
        STSExchange(
            endpoints: EndpointResolver(region: region, overrides: EndpointOverrides(argument: endpoint)),
            context: .scripted(sender: ScriptedSender(answer: answer)))
    }

    @Test func theRequestNamesRoleDurationAndExternalID() async throws {
        let found = try await exchange { request throws(HTTPError) in
            let body = String(decoding: request.body, as: UTF8.self)
            let expected =
                "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fr"
                + "&RoleSessionName=keybaton-1600000000&ExternalId=a%26b&DurationSeconds=900"
            return body == expected
                ? HTTPResponse(status: 200, body: Array(Self.answer(Self.credentials).utf8))
                : HTTPResponse(status: 400, body: request.body)
        }.assumeRole(Self.role, with: Self.keys)
        #expect(found.accessKeyID == "ASIA" && found.secretAccessKey.reveal() == "stssecret")
        #expect(
            found.expiration == Date(timeIntervalSince1970: 1_893_456_000) && found.source == "role \(Self.role.arn)")
    }

    @Test(
        "An answer without whole credentials is an error that quotes none of it",
        arguments: [
            "", "not XML", "<a><b></a>", answer(""),
            answer(credentials.split(separator: "2030").joined(separator: "x")),
            answer("<SecretAccessKey>stssecret</SecretAccessKey><Expiration>2030-01-01T00:00:00Z</Expiration>"),
            "<!DOCTYPE x [<!ENTITY e \"stssecret\">]>" + answer(credentials),
        ])
    func badAnswers(text: String) async {
        await #expect {
            try await exchange { _ throws(HTTPError) in HTTPResponse(status: 200, body: Array(text.utf8)) }
                .assumeRole(Self.role, with: Self.keys)
        } throws: { error in
            error is CredentialsError && !"\(error)".contains("stssecret")
        }
    }

    @Test func aRefusalIsQuotedAndNotRepeated() async {
        let calls = Mutex(0)
        await #expect {
            try await exchange { _ throws(HTTPError) in
                calls.withLock { $0 += 1 }
                return HTTPResponse(
                    status: 403,
                    body: Array(
                        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>"
                            .utf8))
            }.assumeRole(Self.role, with: Self.keys)
        } throws: { error in
            (error as? CredentialsError)?.code == .refused
                && ["AccessDenied", "not you"].allSatisfy("\(error)".contains)
        }
        #expect(calls.withLock { $0 } == 1)
    }

    @Test func aTokenThatAWSQuotesIsNotShown() async {
        let body =
            "<ErrorResponse><Error><Code>ValidationError</Code><Message>1 validation error detected: Value 'oidctoken' at "
            + "'webIdentityToken' failed to satisfy constraint</Message></Error></ErrorResponse>"
        await #expect {
            try await exchange { _ throws(HTTPError) in HTTPResponse(status: 400, body: Array(body.utf8)) }
                .assumeRoleWithWebIdentity(Self.role, token: Secret("oidctoken"))
        } throws: { error in
            "\(error)".contains("ValidationError") && !"\(error)".contains("oidctoken")
        }
    }

    @Test func threeAttemptsAreMade() async {
        let calls = Mutex(0)
        await #expect {
            try await exchange { request throws(HTTPError) in
                calls.withLock { $0 += 1 }
                throw HTTPError(.timeout, host: request.url.host, message: "timed out")
            }.assumeRole(Self.role, with: Self.keys)
        } throws: { error in
            (error as? CredentialsError)?.code == .unavailable && "\(error)".contains("sts.eu-west-1.amazonaws.com")
        }
        #expect(calls.withLock { $0 } == 3)
    }

    @Test func nothingIsSentWithoutARegionOrToAnInsecureEndpoint() async {
        for (region, endpoint) in [(nil, nil), ("eu-west-1", "http://sts.example")] as [(String?, String?)] {
            let exchange = STSExchange(
                endpoints: EndpointResolver(region: region, overrides: EndpointOverrides(argument: endpoint)),
                context: .scripted())
            await #expect {
                try await exchange.assumeRoleWithWebIdentity(Self.role, token: Secret("t"))
            } throws: {
                ($0 as? CredentialsError)?.code == .invalidConfiguration
            }
        }
    }
}
