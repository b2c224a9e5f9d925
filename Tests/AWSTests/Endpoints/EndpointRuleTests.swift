import AWS
import FoundationEssentials
import HTTPTransport
import Testing

/// botocore's cases for the services we call: settings in, URL and signing scope out.
@Suite struct EndpointRuleTests {
    struct File: Decodable {
        let testCases: [Case]
    }

    struct Case: Decodable {
        let documentation: String
        let params: Parameters?
        let expect: Expectation
    }

    struct Parameters: Decodable {
        var Region: String?
        var UseFIPS: Bool?
        var UseDualStack: Bool?
        var Endpoint: String?
        var Bucket: String?
        var ForcePathStyle: Bool?
        var UseGlobalEndpoint: Bool?
        var Accelerate: Bool?
        var UseObjectLambdaEndpoint: Bool?
        var UseS3ExpressControlEndpoint: Bool?
        var EndpointId: String?
    }

    struct Expectation: Decodable {
        struct Endpoint: Decodable {
            struct Properties: Decodable {
                struct Scheme: Decodable {
                    let signingName: String?
                    let signingRegion: String?
                }
                let authSchemes: [Scheme]?
            }
            let url: String
            let properties: Properties?
        }
        let endpoint: Endpoint?
        let error: String?
    }

    static let folder = Vectors.folder("endpoints")

    struct Suite: CustomTestStringConvertible {
        let service: AWSService
        let name: String
        let cases: Int
        /// How many are about something that Keybaton does not do.
        var leftOut: [Reason: Int] = [:]
        var testDescription: String { name }
    }

    enum Reason: String {
        case resourceName = "ARN buckets: access points, Outposts, object lambda"
        case directoryBucket = "S3 Express directory buckets and their control plane"
        case outpost = "buckets on Outposts"
        case objectLambda = "S3 object lambda"
        case multiRegion = "SES multi-region endpoints, which SigV4A signs"
        case acceleration = "S3 transfer acceleration"
        case globalEndpoint = "the legacy global endpoints of STS and S3"
    }

    static let suites = [
        Suite(service: .ssm, name: "ssm", cases: 49),
        Suite(service: .iam, name: "iam", cases: 26),
        Suite(service: .sts, name: "sts", cases: 69, leftOut: [.globalEndpoint: 15]),
        Suite(
            service: .s3, name: "s3", cases: 393,
            leftOut: [
                .resourceName: 94, .directoryBucket: 117, .outpost: 11, .objectLambda: 9, .acceleration: 19,
                .globalEndpoint: 5,
            ]),
        Suite(service: .sns, name: "sns", cases: 49),
        Suite(service: .secretsManager, name: "secretsmanager", cases: 49),
        Suite(service: .ses, name: "sesv2", cases: 62, leftOut: [.multiRegion: 18]),
    ]

    @Test(.enabled(if: folder != nil), arguments: suites)
    func everyCase(suite: Suite) throws {
        let file = try #require(Self.folder).appending(path: "\(suite.name).json")
        let cases = try Vectors.decode(File.self, from: file).testCases
        var leftOut: [Reason: Int] = [:]
        for test in cases {
            let parameters = test.params ?? Parameters()
            if let reason = Self.reasonToLeaveOut(parameters, test.expect) {
                leftOut[reason, default: 0] += 1
            } else {
                try check(test, parameters, suite.service)
            }
        }
        for (reason, count) in leftOut { print("left out of \(suite.name): \(count) cases: \(reason.rawValue)") }
        #expect(cases.count == suite.cases)
        #expect(leftOut == suite.leftOut)
    }

    private func check(_ test: Case, _ parameters: Parameters, _ service: AWSService) throws {
        let comment: Comment = "\(service): \(test.documentation): \(parameters)"
        let resolver = EndpointResolver(
            region: parameters.Region, useFIPS: parameters.UseFIPS ?? false,
            useDualStack: parameters.UseDualStack ?? false, forcesPathStyle: parameters.ForcePathStyle ?? false,
            overrides: EndpointOverrides(argument: parameters.Endpoint))
        let result = Result {
            // Some cases have http endpoints, which `endpoint` refuses.
            try resolver.uncheckedEndpoint(for: service, bucket: parameters.Bucket)
        }
        switch result {
        case .success(let endpoint):
            let expected = try #require(test.expect.endpoint, comment)
            let scheme = expected.properties?.authSchemes?.first
            #expect(endpoint.url == HTTPURL(expected.url), comment)
            #expect(endpoint.signingName == scheme?.signingName ?? service.signingName, comment)
            #expect(endpoint.signingRegion == scheme?.signingRegion ?? parameters.Region ?? "us-east-1", comment)
        case .failure(let error):
            let text = try #require(test.expect.error, "\(comment): \(error)")
            #expect((error as? EndpointError)?.code == Self.code(for: text), "\(comment): \(text)")
        }
    }

    static func reasonToLeaveOut(_ parameters: Parameters, _ expect: Expectation) -> Reason? {
        let bucket = parameters.Bucket ?? ""
        if bucket.hasPrefix("arn:") { return .resourceName }
        if bucket.hasSuffix("--x-s3") || bucket.hasSuffix("--xa-s3") { return .directoryBucket }
        if bucket.hasSuffix("--op-s3") { return .outpost }
        if parameters.UseS3ExpressControlEndpoint == true { return .directoryBucket }
        if parameters.UseObjectLambdaEndpoint == true { return .objectLambda }
        if parameters.EndpointId != nil { return .multiRegion }
        let isAboutAcceleration =
            expect.error?.contains("ccelerate") == true || expect.endpoint?.url.contains("s3-accelerate") == true
        if parameters.Accelerate == true, isAboutAcceleration { return .acceleration }
        // Where the flag changes nothing, the case is run without it.
        let isLegacyHost = ["sts.amazonaws.com", "s3.amazonaws.com"].contains {
            expect.endpoint?.url.hasPrefix("https://\($0)") == true || expect.endpoint?.url.hasSuffix(".\($0)") == true
        }
        if parameters.UseGlobalEndpoint == true, isLegacyHost, parameters.Region != "aws-global" {
            return .globalEndpoint
        }
        return nil
    }

    static func code(for text: String) -> EndpointError.Code? {
        switch text {
        case "Invalid Configuration: Missing Region", "A region must be set when sending requests to S3.":
            .missingRegion
        case "Invalid region: region was not a valid DNS name.": .invalidRegion
        case _ where text.hasSuffix("was not a valid URI"): .invalidURL
        case "Invalid Configuration: FIPS and custom endpoint are not supported",
            "Invalid Configuration: Dualstack and custom endpoint are not supported",
            "Cannot set dual-stack in combination with a custom endpoint.",
            "A custom endpoint cannot be combined with FIPS", "Partition does not support FIPS":
            .unsupportedCombination
        default: nil
        }
    }
}
