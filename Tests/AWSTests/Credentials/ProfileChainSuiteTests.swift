import AWS
import FoundationEssentials
import Secrets
import Testing

/// smithy-rs' cases for how a profile leads to credentials, and for where the files are.
@Suite struct ProfileChainSuiteTests {
    struct Case: Decodable {
        struct Input: Decodable {
            let profiles: [String: [String: String]]
            let selected_profile: String
        }
        struct Output: Decodable {
            let ProfileChain: [Step]?
            let Error: String?
        }
        struct Step: Decodable {
            let AccessKey: [String: String]?
            let AssumeRole: [String: String]?
            let WebIdentityToken: [String: String]?
            let Sso: [String: String]?
            let NamedSource: String?
        }
        let docs: String
        let input: Input
        let output: Output
    }

    static let folder = Vectors.folder("credential-chain")

    @Test(.enabled(if: folder != nil)) func assumeRole() throws {
        let file = try #require(Self.folder).appending(path: "assume-role-tests.json")
        let cases = try Vectors.decode([Case].self, from: file)
        var singleSignOn = 0
        for test in cases {
            let comment = Comment(rawValue: test.docs)
            let configuration = SharedConfiguration(profiles: test.input.profiles.mapValues { .init($0) })
            let result = Result { try ProfileChain(profile: test.input.selected_profile, in: configuration) }
            if test.docs.contains("SSO") {
                singleSignOn += 1
                guard case .failure(let error as CredentialsError) = result else {
                    Issue.record("no error: \(test.docs)")
                    continue
                }
                #expect(error.code == .unsupported, comment)
                continue
            }
            switch result {
            case .success(let chain): #expect(Self.steps(of: chain) == Self.steps(of: test.output), comment)
            case .failure(let error):
                let expected = try #require(test.output.Error, "\(test.docs): \(error)")
                #expect("\(error)".contains(expected), comment)
            }
        }
        #expect(cases.count == 28 && singleSignOn == 6)
    }

    private static func steps(of chain: ProfileChain) -> [String] {
        let base =
            switch chain.base {
            case .keys(let keys): "keys \(keys.accessKeyID) \(keys.secretAccessKey.reveal())"
            case .named(let source): "source \(source.rawValue)"
            case .webIdentity(let role, let file): "token \(file) \(describe(role))"
            case .process(let command): "process \(command)"
            }
        return [base] + chain.roles.map { "role \(describe($0))" }
    }

    private static func describe(_ role: RoleRequest) -> String {
        "\(role.arn) \(role.sessionName ?? "-") \(role.externalID ?? "-")"
    }

    private static func steps(of output: Case.Output) -> [String] {
        func describe(_ role: [String: String]) -> String {
            "\(role["role_arn"] ?? "") \(role["role_session_name"] ?? "-") \(role["external_id"] ?? "-")"
        }
        return (output.ProfileChain ?? []).map { step in
            if let keys = step.AccessKey {
                return "keys \(keys["access_key_id"] ?? "") \(keys["secret_access_key"] ?? "")"
            }
            if let role = step.AssumeRole { return "role \(describe(role))" }
            if let token = step.WebIdentityToken {
                return "token \(token["web_identity_token_file"] ?? "") \(describe(token))"
            }
            return "source \(step.NamedSource ?? "")"
        }
    }

    struct Locations: Decodable {
        struct Case: Decodable {
            let name: String
            let environment: [String: String]
            let platform: String
            let profile: String?
            let configLocation: String
            let credentialsLocation: String
        }
        let tests: [Case]
    }

    @Test(.enabled(if: folder != nil)) func fileLocations() throws {
        let file = try #require(Self.folder).appending(path: "file-location-tests.json")
        let cases = try Vectors.decode(Locations.self, from: file).tests
        for test in cases where test.platform == "linux" {
            let files = SharedFiles(environment: test.environment)
            #expect(files.configPath == test.configLocation, "\(test.name)")
            #expect(files.credentialsPath == test.credentialsLocation, "\(test.name)")
            #expect(files.profile == test.profile ?? "default", "\(test.name)")
        }
        // Keybaton does not run on Windows.
        #expect(cases.count == 9 && cases.count { $0.platform == "windows" } == 5)
    }
}
