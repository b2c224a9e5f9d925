import AWS
import FoundationEssentials
import HTTPTransport
import Secrets
import Testing

/// Every type of this part that can hold a secret, in every rendering.
@Suite struct RedactionTests {
    private static let secret = "wJalrXUtnFEMIsecret"
    private static let credentials = AWSCredentials(
        accessKeyID: "AKIAEXAMPLE", secretAccessKey: Secret(secret), sessionToken: Secret(secret + "token"),
        source: "test")
    private static let configuration = SharedConfiguration(profiles: [
        "default": ["aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": secret, "aws_session_token": secret]
    ])

    static var holders: [(String, Any)] {
        get throws {
            let environment = ["AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": secret]
            let context = CredentialsContext.scripted(environment: environment)
            return [
                ("credentials", credentials), ("optional", Optional(credentials) as Any), ("array", [credentials]),
                ("static provider", StaticCredentialsProvider(credentials)), ("configuration", configuration),
                ("chain", try ProfileChain(profile: "default", in: configuration)),
                ("cache", CachedCredentialsProvider(StaticCredentialsProvider(credentials), context: context)),
                ("overrides", EndpointOverrides(configuration: configuration)),
                ("outcome", ProcessOutcome(exitCode: 0, standardOutput: Array(secret.utf8))), ("context", context),
                ("chain of providers", DefaultCredentialsProvider(context: context)),
                ("environment provider", EnvironmentCredentialsProvider(environment: environment)),
                (
                    "process",
                    ProcessRequest(arguments: ["a"], environment: environment, timeLimit: .zero, outputLimit: 0)
                ),
            ]
        }
    }

    @Test func noRenderingShowsASecret() throws {
        for (name, holder) in try Self.holders {
            var dumped = ""
            dump(holder, to: &dumped)
            for text in ["\(holder)", String(reflecting: holder), dumped] {
                #expect(!text.contains(Self.secret), "\(name)")
                #expect(!text.contains("119, 74, 97"), "\(name)")
            }
        }
    }

    @Test func credentialsShowTheirIDAndSource() {
        #expect("\(Self.credentials)" == "AKIAEXAMPLE from test")
        #expect("\(Self.configuration.profiles["default"] ?? [:])".contains("aws_secret_access_key"))
    }
}
