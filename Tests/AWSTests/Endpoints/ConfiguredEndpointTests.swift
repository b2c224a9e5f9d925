import AWS
import FoundationEssentials
import HTTPTransport
import Testing

/// The SDKs' cases for the precedence of configured endpoints.
@Suite struct ConfiguredEndpointTests {
    struct File: Decodable {
        let testSuites: [Suite]
    }

    struct Suite: Decodable {
        struct ClientConfiguration: Decodable {
            let endpoint_url: String?
            let ignore_configured_endpoint_urls: Bool?
        }
        struct Case: Decodable {
            struct Output: Decodable { let endpointUrl: String }
            let name: String
            let profile: String
            let client_config: String
            let environment: String
            let service: String
            let output: Output
        }
        let profiles: [String: [String: String]]
        let services: [String: [String: [String: String]]]
        let client_configs: [String: ClientConfiguration]
        let environments: [String: [String: String]]
        let endpointUrlTests: [Case]
    }

    static let folder = Vectors.folder("endpoints")

    @Test(.enabled(if: folder != nil)) func precedence() throws {
        let file = try #require(Self.folder).appending(path: "configured-endpoint-urls.json")
        let suites = try Vectors.decode(File.self, from: file).testSuites
        #expect(suites.map(\.endpointUrlTests.count) == [39])
        for suite in suites {
            let configuration = try SharedConfiguration(
                configFile: Array(Self.configFile(of: suite).utf8), credentialsFile: nil)
            for test in suite.endpointUrlTests {
                let client = try #require(suite.client_configs[test.client_config])
                let overrides = EndpointOverrides(
                    argument: client.endpoint_url, ignoresConfigured: client.ignore_configured_endpoint_urls ?? false,
                    environment: try #require(suite.environments[test.environment]), configuration: configuration,
                    profile: test.profile)
                // DynamoDB is none of our services, but the same rule finds its endpoint.
                let url =
                    try overrides.url(forServiceID: test.service == "s3" ? "S3" : "DynamoDB")
                    ?? Self.withoutPath(
                        EndpointResolver(region: configuration.profiles[test.profile]?["region"], overrides: overrides)
                            .endpoint(for: #require(AWSService(rawValue: test.service))).url.description)
                #expect(url == test.output.endpointUrl, "\(test.name)")
            }
        }
    }

    private static func withoutPath(_ url: String) -> String {
        url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    private static func configFile(of suite: Suite) -> String {
        var text = ""
        for (name, settings) in suite.profiles {
            text += "[profile \(name)]\n" + settings.map { "\($0) = \($1)\n" }.joined()
        }
        for (name, services) in suite.services {
            text += "[services \(name)]\n"
            for (service, settings) in services {
                text += "\(service) =\n" + settings.map { "  \($0) = \($1)\n" }.joined()
            }
        }
        return text
    }
}
