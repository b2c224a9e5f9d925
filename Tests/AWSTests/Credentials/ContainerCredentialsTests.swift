import AWS
import FoundationEssentials
import HTTPTransport
import Secrets
import Testing

@Suite struct ContainerCredentialsTests {
    struct File: Decodable {
        struct Case: Decodable {
            struct Result: Decodable {
                let Ok: String?
                let ErrorContains: String?
            }
            let docs: String
            let env: [String: String]
            let result: Result
        }
        let tests: [Case]
    }

    static let folder = Vectors.folder("credential-chain")

    /// smithy-rs' cases for the address of the service.
    @Test(.enabled(if: folder != nil)) func addresses() async throws {
        let file = try #require(Self.folder).appending(path: "ecs-tests.json")
        let cases = try Vectors.decode(File.self, from: file).tests
        let errors: [String: CredentialsError.Code] = [
            "No environment variables were set to configure ECS provider": .notConfigured,
            "URI did not specify a host": .invalidConfiguration,
        ]
        for test in cases {
            do {
                let url = try await ContainerCredentialsProvider.url(environment: test.env) { host in
                    #expect(host == "localhost")
                    return ["127.0.0.1", "::1"]
                }
                #expect(url.description == test.result.Ok, "\(test.docs)")
            } catch let error as CredentialsError {
                #expect(error.code == errors[test.result.ErrorContains ?? ""], "\(test.docs): \(error)")
            }
        }
        #expect(cases.count == 11)
    }

    @Test(
        "Plain http is refused unless every address is this machine or the service of ECS or EKS",
        arguments: [
            ("http://metadata.example/x", ["10.0.0.1"], false),
            ("http://metadata.example/x", ["127.0.0.1", "10.0.0.1"], false),
            ("http://metadata.example/x", [], false), ("http://metadata.example/x", ["127.0.0.1", "::1"], true),
            ("http://169.254.169.254/x", [], false), ("http://169.254.170.2/x", [], true),
            ("http://[fd00:ec2::23]/x", [], true), ("http://[fd00:ec2::24]/x", [], false),
            ("http://192.168.1.2/x", [], false), ("https://metadata.example/x", [], true),
        ])
    func plainHTTP(url: String, addresses: [String], isAccepted: Bool) async throws {
        do {
            _ = try await ContainerCredentialsProvider.url(
                environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url], resolve: { _ in addresses })
            #expect(isAccepted)
        } catch let error as CredentialsError {
            #expect(!isAccepted && error.code == .invalidConfiguration && error.message.contains("use https"))
        }
    }

    private static let answer = Array(
        #"{"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"secret","Token":"token","Expiration":"2030-01-01T00:00:00.5Z"}"#
            .utf8)

    private func credentials(_ environment: [String: String], files: [String: String] = [:]) async throws -> String? {
        let context = CredentialsContext.scripted(
            environment: environment.merging(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"]) { $1 }, files: files,
            sender: ScriptedSender { request throws(HTTPError) in
                let token = request.header("Authorization")
                return token == "token from file" || token == "token" || token == nil
                    ? HTTPResponse(status: 200, body: Self.answer)
                    : HTTPResponse(status: 400, body: Array("bad token \(token ?? "")".utf8))
            })
        return try await ContainerCredentialsProvider(context: context).credentials().expiration
            .map { "\($0.timeIntervalSince1970)" }
    }

    @Test func theTokenFileWinsOverTheToken() async throws {
        let environment = [
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "wrong", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token",
        ]
        #expect(try await credentials(environment, files: ["/token": "token from file\n"]) == "1893456000.5")
        #expect(try await credentials(["AWS_CONTAINER_AUTHORIZATION_TOKEN": "token"]) != nil)
        await #expect(throws: CredentialsError.self) {
            try await credentials(["AWS_CONTAINER_AUTHORIZATION_TOKEN": "wrong"])
        }
    }

    @Test func aTokenCannotAddHeaders() async {
        await #expect(throws: CredentialsError.self) {
            try await credentials(["AWS_CONTAINER_AUTHORIZATION_TOKEN": "token\r\nX-Evil: 1"])
        }
    }
}
