import AWS
import FoundationEssentials
import HTTPTransport
import Secrets
import Testing

/// smithy-rs' recorded cases for the default chain and for profiles.
@Suite struct CredentialChainSuiteTests {
    struct Case: Decodable {
        struct Result: Decodable {
            struct Found: Decodable {
                let access_key_id: String
                let secret_access_key: String
                let session_token: String?
                let expiry: Double?
            }
            let Ok: Found?
            let ErrorContains: String?
        }
        let docs: String
        let result: Result
    }

    static let folder = Vectors.folder("credential-chain")
    static let chainCases = cases("default-credential-provider-chain")
    static let profileCases = cases("profile-provider")

    private static func cases(_ name: String) -> [String] {
        folder.flatMap { try? Vectors.subfolders(of: $0.appending(path: name)) } ?? []
    }

    /// Cases of IAM Identity Center: Keybaton leaves that login to a credential_process, and must say so.
    static let singleSignOn: Set<String> = [
        "e2e_fips_and_dual_stack_sso", "sso_assume_role", "sso_no_token_file", "sso_server_error",
        "invalid_sso_credentials_config", "sso_credentials", "sso_override_global_env_url", "sso_token",
    ]

    /// The recordings expect texts of the SDK for Rust; these are ours.
    static let errors: [String: (code: CredentialsError.Code, text: String)] = [
        "eks_pod_identity_no_token_file": (.invalidConfiguration, "there is no file /token.jwt"),
        "imds_default_chain_error": (.notConfigured, "this EC2 instance has no role"),
        "imds_disabled": (.notConfigured, "AWS_EC2_METADATA_DISABLED is true"),
        "imds_no_iam_role": (.invalidConfiguration, "this EC2 instance has no role"),
        "imds_token_fail": (.refused, "request forbidden: IMDS is disabled"),
        "profile_overrides_web_identity": (
            .invalidConfiguration, "credential_source = Environment, but AWS_ACCESS_KEY_ID is not set"
        ),
        "web_identity_source_profile_no_env": (
            .invalidConfiguration, "`web_identity_token_file` was specified but `role_arn` was missing"
        ),
        "web_identity_token_invalid_jwt": (
            .refused, "No OpenIDConnect provider found in your account"
        ),
        "credential_process_failure": (.processFailed, "credential_process exit exited with code 1"),
        "credential_process_invalid": (.processFailed, "the answer is not the expected JSON object"),
        "empty_config": (.notConfigured, "No profiles were defined"),
        "invalid_config": (.invalidConfiguration, "could not parse profile file /home/.aws/config, line 2"),
    ]

    @Test(.enabled(if: folder != nil)) func theSuiteIsComplete() {
        #expect(Self.chainCases.count == 29 && Self.profileCases.count == 18)
        #expect(Self.singleSignOn.isSubset(of: Self.chainCases + Self.profileCases))
    }

    @Test(arguments: chainCases)
    func defaultChain(name: String) async throws {
        try await run("default-credential-provider-chain", name) { DefaultCredentialsProvider(context: $0) }
    }

    @Test(arguments: profileCases)
    func profile(name: String) async throws {
        try await run("profile-provider", name) { ProfileCredentialsProvider(context: $0) }
    }

    private func run(
        _ kind: String, _ name: String, _ provider: (CredentialsContext) -> any CredentialsProvider
    ) async throws {
        let folder = try #require(Self.folder).appending(path: kind).appending(path: name)
        let test = try Vectors.decode(Case.self, from: folder.appending(path: "test-case.json"))
        let (context, traffic) = try Self.surroundings(folder)
        let found: AWSCredentials
        do {
            found = try await provider(context).credentials()
        } catch let error as CredentialsError {
            if Self.singleSignOn.contains(name) {
                #expect(error.code == .unsupported && error.message.contains("export-credentials"))
                return
            }
            #expect(test.result.ErrorContains != nil, "\(error)")
            let expected = try #require(Self.errors[name], "\(error)")
            #expect(error.code == expected.code && error.message.contains(expected.text), "\(error)")
            #expect(await traffic.unused == 0)
            #expect(await traffic.differences == [])
            return
        }
        #expect(!Self.singleSignOn.contains(name))
        let expected = try #require(test.result.Ok, "\(found)")
        #expect(found.accessKeyID == expected.access_key_id)
        #expect(found.secretAccessKey.reveal() == expected.secret_access_key)
        #expect(found.sessionToken?.reveal() == expected.session_token)
        #expect(found.expiration?.timeIntervalSince1970 == expected.expiry)
        #expect(await traffic.unused == 0)
        #expect(await traffic.differences == [])
    }

    private static func surroundings(_ folder: URL) throws -> (CredentialsContext, ReplayedTraffic) {
        let environment = try Vectors.decode([String: String].self, from: folder.appending(path: "env.json"))
            .mapValues(encrypted)
        let files = ["/home/.aws/config", "/home/.aws/credentials", "/token.jwt"].reduce(into: [String: String]()) {
            $0[$1] = (try? Vectors.text(folder.appending(path: "fs" + $1))).map(encrypted)
        }
        let exchanges = try ReplayedTraffic.exchanges(in: folder.appending(path: "http-traffic.json")).map { exchange in
            var exchange = exchange
            exchange.url = encrypted(exchange.url)
            return exchange
        }
        let traffic = ReplayedTraffic(
            exchanges, known: (Array(environment.values) + files.values).joined(separator: "\n"))
        let context = CredentialsContext.scripted(
            environment: environment, files: files, sender: traffic, runProcess: { try shell($0) })
        return (context, traffic)
    }

    /// Four cases have endpoints like `http://aws.sts-env-override`, which Keybaton refuses because they are neither
    /// encrypted nor on this machine; they are run with https.
    private static func encrypted(_ text: String) -> String {
        text.split(separator: "http://aws.", omittingEmptySubsequences: false).joined(separator: "https://aws.")
    }

    /// The three commands of the cases, which were recorded with a shell; Keybaton runs none, so the pipe of the first
    /// arrives as arguments.
    private static func shell(_ process: ProcessRequest) throws -> ProcessOutcome {
        let arguments = process.arguments
        if arguments.count == 5, arguments[0] == "echo", arguments[2...] == ["|", "base64", "--decode"] {
            return ProcessOutcome(exitCode: 0, standardOutput: Array(try #require(Data(base64Encoded: arguments[1]))))
        }
        switch arguments {
        case ["exit", "1"]: return ProcessOutcome(exitCode: 1)
        case ["echo", "invalid json"]: return ProcessOutcome(exitCode: 0, standardOutput: Array("invalid json\n".utf8))
        default: throw NotProvided(description: "no process: \(arguments)")
        }
    }
}
