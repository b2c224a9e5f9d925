import AWS
import FoundationEssentials
import HTTPTransport
import Testing

@Suite struct AWSErrorTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let service: AWSService
        let status: Int
        let body: String
        var headers: [String: String] = [:]
        let code: String
        let kind: AWSErrorKind
        var message = "m"
        var requestID: String? = nil
        var testDescription: String { "\(status) \(code) \(body.prefix(40))" }
    }

    private static func query(_ code: String) -> String {
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>\(code)</Code>"
            + "<Message>m</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
    }

    private static func s3(_ code: String) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(code)</Code><Message>m</Message><Key>k</Key>"
            + "<RequestId>r-1</RequestId><HostId>h</HostId></Error>"
    }

    private static func json(_ code: String) -> String { "{\"__type\":\"\(code)\",\"message\":\"m\"}" }

    static let everyShape: [Shape] = [
        // Every situation in every protocol.
        .init(
            service: .iam, status: 403, body: query("InvalidClientTokenId"), code: "InvalidClientTokenId",
            kind: .invalidKey, requestID: "r-1"),
        .init(
            service: .ssm, status: 400, body: json("UnrecognizedClientException"), code: "UnrecognizedClientException",
            kind: .invalidKey),
        .init(
            service: .s3, status: 403, body: s3("InvalidAccessKeyId"), code: "InvalidAccessKeyId", kind: .invalidKey,
            requestID: "r-1"),
        .init(
            service: .sts, status: 403, body: query("SignatureDoesNotMatch"), code: "SignatureDoesNotMatch",
            kind: .wrongSecret, requestID: "r-1"),
        .init(
            service: .ssm, status: 400, body: json("InvalidSignatureException"), code: "InvalidSignatureException",
            kind: .wrongSecret),
        .init(
            service: .s3, status: 403, body: s3("SignatureDoesNotMatch"), code: "SignatureDoesNotMatch",
            kind: .wrongSecret, requestID: "r-1"),
        .init(
            service: .sts, status: 403, body: query("ExpiredToken"), code: "ExpiredToken", kind: .invalidToken,
            requestID: "r-1"),
        .init(
            service: .s3, status: 403, body: s3("RequestTimeTooSkewed"), code: "RequestTimeTooSkewed", kind: .clockSkew,
            requestID: "r-1"),
        .init(
            service: .iam, status: 403, body: query("AccessDenied"), code: "AccessDenied", kind: .accessDenied,
            requestID: "r-1"),
        .init(
            service: .ssm, status: 400, body: json("AccessDeniedException"), code: "AccessDeniedException",
            kind: .accessDenied),
        .init(
            service: .s3, status: 403, body: s3("AccessDenied"), code: "AccessDenied", kind: .accessDenied,
            requestID: "r-1"),
        .init(
            service: .iam, status: 400, body: query("Throttling"), code: "Throttling", kind: .throttled,
            requestID: "r-1"),
        .init(
            service: .ssm, status: 400, body: json("ThrottlingException"), code: "ThrottlingException", kind: .throttled
        ),
        .init(service: .s3, status: 503, body: s3("SlowDown"), code: "SlowDown", kind: .throttled, requestID: "r-1"),
        .init(service: .s3, status: 404, body: s3("NoSuchKey"), code: "NoSuchKey", kind: .notFound, requestID: "r-1"),
        .init(
            service: .iam, status: 404, body: query("NoSuchEntity"), code: "NoSuchEntity", kind: .notFound,
            requestID: "r-1"),
        .init(service: .ssm, status: 400, body: json("ParameterNotFound"), code: "ParameterNotFound", kind: .notFound),
        .init(
            service: .ssm, status: 400, body: json("ParameterVersionNotFound"), code: "ParameterVersionNotFound",
            kind: .notFound),
        .init(
            service: .ssm, status: 400, body: json("ParameterAlreadyExists"), code: "ParameterAlreadyExists",
            kind: .preconditionFailed),
        .init(
            service: .s3, status: 412, body: s3("PreconditionFailed"), code: "PreconditionFailed",
            kind: .preconditionFailed, requestID: "r-1"),
        .init(
            service: .s3, status: 409, body: s3("ConditionalRequestConflict"), code: "ConditionalRequestConflict",
            kind: .conflict, requestID: "r-1"),
        .init(
            service: .iam, status: 409, body: query("LimitExceeded"), code: "LimitExceeded", kind: .limitExceeded,
            requestID: "r-1"),
        .init(
            service: .ssm, status: 400, body: json("ParameterMaxVersionLimitExceeded"),
            code: "ParameterMaxVersionLimitExceeded", kind: .limitExceeded),
        .init(
            service: .iam, status: 500, body: query("ServiceFailure"), code: "ServiceFailure", kind: .server,
            requestID: "r-1"),
        // A misspelt bucket must not look like an object that was never written.
        .init(
            service: .s3, status: 404, body: s3("NoSuchBucket"), code: "NoSuchBucket", kind: .other, requestID: "r-1"),
        // The spellings of JSON's code.
        .init(
            service: .ssm, status: 400, body: json("com.amazonaws.ssm#ParameterNotFound"), code: "ParameterNotFound",
            kind: .notFound),
        .init(
            service: .ssm, status: 400, body: json("aws.ssm#ParameterNotFound:http://internal.amazon.com/coral/"),
            code: "ParameterNotFound", kind: .notFound),
        .init(
            service: .ssm, status: 400, body: "{\"message\":\"m\"}",
            headers: ["x-amzn-ErrorType": "ParameterNotFound:http://x/", "x-amzn-RequestId": "r-2"],
            code: "ParameterNotFound", kind: .notFound, requestID: "r-2"),
        .init(
            service: .ssm, status: 400, body: "\u{FEFF} {\"code\":\"ParameterNotFound\",\"Message\":\"m\"}",
            code: "ParameterNotFound", kind: .notFound),
        .init(service: .ssm, status: 400, body: "{\"__type\":7,\"message\":\"m\"}", code: "HTTP 400", kind: .other),
        // Answers in another protocol, or in none.
        .init(
            service: .ssm, status: 403, body: query("InvalidClientTokenId"), code: "InvalidClientTokenId",
            kind: .invalidKey, requestID: "r-1"),
        .init(
            service: .ssm, status: 403,
            body:
                "<Response><Errors><Error><Code>AuthFailure</Code><Message>m</Message></Error></Errors><RequestID>r-3</RequestID></Response>",
            code: "AuthFailure", kind: .other, requestID: "r-3"),
        .init(
            service: .sts, status: 400, body: json("ThrottlingException"), code: "ThrottlingException", kind: .throttled
        ),
        .init(
            service: .s3, status: 502, body: "<html><head><title>502</title></head><body><hr>", code: "HTTP 502",
            kind: .server, message: ""),
        .init(
            service: .s3, status: 503, body: "", headers: ["x-amz-request-id": "r-4"], code: "HTTP 503", kind: .server,
            message: "", requestID: "r-4"),
        .init(service: .sts, status: 429, body: "slow down", code: "HTTP 429", kind: .throttled, message: ""),
        .init(
            service: .sts, status: 403, body: "<html><body>Forbidden</body></html>", code: "HTTP 403", kind: .other,
            message: ""),
        .init(service: .sts, status: 404, body: "{", code: "HTTP 404", kind: .other, message: ""),
        .init(service: .s3, status: 412, body: "", code: "HTTP 412", kind: .preconditionFailed, message: ""),
        .init(
            service: .sts, status: 302, body: "", headers: ["Location": "https://portal.example/"], code: "HTTP 302",
            kind: .other, message: ""),
    ]

    @Test("keeps code, message, status and request id of every shape", arguments: everyShape)
    func keeps(shape: Shape) async {
        let error = await Bench(.http(shape.status, shape.body, shape.headers), attempts: 1).failure(
            .probe(shape.service))
        #expect(error?.code == shape.code)
        #expect(error?.kind == shape.kind)
        #expect(error?.message == shape.message)
        #expect(error?.requestID == shape.requestID)
        #expect(error?.status == shape.status && error?.service == shape.service && error?.operation == "Probe")
    }

    @Test(
        "a HEAD has nothing but its status",
        arguments: [(403, AWSErrorKind.accessDenied), (404, .notFound), (412, .preconditionFailed), (400, .other)])
    func head(status: Int, kind: AWSErrorKind) async {
        let call = AWSCall(service: .s3, operation: "HeadObject", method: "HEAD")
        #expect(await Bench(.http(status)).failure(call)?.kind == kind)
    }

    @Test func aBucketInAnotherRegionIsNamed() async {
        let body = Self.s3("PermanentRedirect")
        let error = await Bench(.http(301, body, ["x-amz-bucket-region": "eu-central-1"])).failure(.probe(.s3))
        #expect(error?.description.contains("eu-central-1") == true)
    }

    @Test("of a message only the first line is kept: the next ones hold the session token")
    func message() async {
        let text =
            "The request signature does not match.\n\nThe Canonical String should have been\nx-amz-security-token:hunter2"
        let body =
            "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>\(text)</Message></Error></ErrorResponse>"
        let error = await Bench(.http(403, body)).failure()
        #expect(error?.message == "The request signature does not match.")
        #expect("\(error as Any)".contains("hunter2") == false)
    }

    @Test func controlCharactersOfAMessageAreDropped() async {
        let error = await Bench(.http(400, "{\"__type\":\"X\",\"message\":\"a\\u001b[31mb\\u0000\\u202ec\"}")).failure()
        #expect(error?.message == "a[31mbc")
    }

    @Test func theMessageOfAConfidentialValidationErrorIsNotRepeated() async {
        var call = AWSCall.probe(.ssm)
        call.isConfidential = true
        let body = Self.json("ValidationException").replacing("\"m\"", with: "\"Value 'hunter2' at 'value' failed\"")
        #expect("\(await Bench(.http(400, body)).failure(call) as Any)".contains("hunter2") == false)
        let denied = Self.json("AccessDeniedException")
        #expect(await Bench(.http(400, denied)).failure(call)?.message == "m")
    }

    @Test("without an answer, says so, and whether something may have happened")
    func noAnswer() async {
        let lost = await Bench(.failure(.timeout), attempts: 1).failure()
        #expect(
            lost?.description == "STS Probe failed: no answer: sts.eu-west-1.amazonaws.com: scripted timeout. "
                + "Check the network; the request may have been carried out.")
        let untrusted = await Bench(.failure(.tls)).failure()
        #expect(untrusted?.kind == .noAnswer && untrusted?.description.hasSuffix("nothing was sent.") == true)
        #expect(await Bench(.failure(.bodyTooLarge)).failure()?.kind == .malformedAnswer)
    }

    @Test("says what failed, in whose words, and what to do")
    func description() async {
        let error = await Bench(
            .http(403, Self.query("InvalidClientTokenId"), ["Date": "Sat, 21 Nov 2026 08:10:47 GMT"])
        ).failure()
        #expect(
            error?.description
                == "STS Probe failed: InvalidClientTokenId (HTTP 403): m [request r-1]. "
                + "The access key is unknown, inactive or not yet active everywhere; a new key needs some seconds.")
        #expect(error?.serverDate == StoppedClock.time)
    }
}
