import AWS
import HTTPTransport
import Testing

@Suite struct EndpointResolverTests {
    private func resolver(_ url: String, region: String? = "eu-west-1") -> EndpointResolver {
        EndpointResolver(region: region, overrides: EndpointOverrides(argument: url))
    }

    @Test(
        "A configured endpoint without TLS is refused unless it is on this machine",
        arguments: [
            ("http://example.com", false), ("http://10.0.0.1:9000", false), ("http://localhost.example.com", false),
            ("http://127.0.0.1.example.com", false), ("http://0.0.0.0", false), ("http://127.1.example", false),
            ("https://example.com", true), ("http://localhost:4566", true), ("http://127.0.0.1:4566", true),
            ("http://127.8.9.1", true), ("http://[::1]:4566", true),
        ])
    func insecureEndpoints(url: String, isAccepted: Bool) {
        let result = Result { try resolver(url).endpoint(for: .sts) }
        switch result {
        case .success: #expect(isAccepted)
        case .failure(let error):
            #expect(!isAccepted && (error as? EndpointError)?.code == .insecureURL)
            #expect("\(error)".contains("use https"))
        }
    }

    @Test(
        "Buckets go into the path where the host cannot have names below it",
        arguments: ["https://127.0.0.1:8443", "https://localhost:8443", "https://[::1]:8443", "https://10.1.2.3:8443"])
    func pathStyle(url: String) throws {
        let endpoint = try resolver(url).endpoint(for: .s3, bucket: "backup-keys")
        #expect(endpoint.url.description == url + "/backup-keys")
        #expect(endpoint.signingRegion == "eu-west-1" && endpoint.signingName == "s3")
    }

    @Test func bucketsThatAreNoneAreRefused() {
        for bucket in [
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/x", "a--use1-az1--x-s3", "a--use1-az1--xa-s3", "a--op-s3",
            "",
            ".", "..",
        ] {
            #expect(throws: EndpointError.self) {
                try EndpointResolver(region: "eu-west-1").endpoint(for: .s3, bucket: bucket)
            }
        }
    }

    @Test(
        "What is no region never becomes part of a host name",
        arguments: ["", "eu-west-1/", "eu-west-1@evil.example", "eu-west-1#", "-eu", "eu_west", "eu..west", "é"])
    func invalidRegions(region: String) {
        for service in AWSService.allCases {
            #expect(throws: EndpointError.self) { try EndpointResolver(region: region).endpoint(for: service) }
        }
    }

    @Test(
        "URLs that curl or a signature could read differently are refused",
        arguments: [
            "example.com", "ftp://example.com", "https://", "https://user@example.com", "https://example.com/?a=b",
            "https://example.com/#a", "https://exa mple.com", "https://example.com:0", "https://example.com:65536",
            "https://[::1", "https://example.com:4x", "https://exam\\ple.com", "https://-a.example",
            "https://a..example",
        ])
    func invalidURLs(url: String) {
        #expect {
            try resolver(url).endpoint(for: .ssm)
        } throws: {
            ($0 as? EndpointError)?.code == .invalidURL
        }
    }

    @Test func aBasePathIsKeptWithoutItsLastSlash() throws {
        #expect(try resolver("https://example.com/aws/").endpoint(for: .sts).url.path == "/aws")
        #expect(try resolver("https://example.com").endpoint(for: .sts).url.path == "/")
    }

    @Test func argumentsWinOverTheEnvironmentAndThatOverTheProfile() {
        let configuration = SharedConfiguration(profiles: [
            "p": ["region": "eu-north-1", "use_fips_endpoint": "true", "use_dualstack_endpoint": "true"]
        ])
        let environment = ["AWS_REGION": "eu-west-2", "AWS_USE_FIPS_ENDPOINT": "false"]
        let fromProfile = EndpointResolver(environment: [:], configuration: configuration, profile: "p")
        #expect(fromProfile.region == "eu-north-1" && fromProfile.useFIPS && fromProfile.useDualStack)
        let fromEnvironment = EndpointResolver(environment: environment, configuration: configuration, profile: "p")
        #expect(fromEnvironment.region == "eu-west-2" && !fromEnvironment.useFIPS && fromEnvironment.useDualStack)
        let fromArgument = EndpointResolver(
            environment: environment, configuration: configuration, profile: "p", region: "eu-west-3")
        #expect(fromArgument.region == "eu-west-3")
    }
}
