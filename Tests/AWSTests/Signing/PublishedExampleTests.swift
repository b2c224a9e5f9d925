import AWS
import FoundationEssentials
import HTTPTransport
import Secrets
import Testing

/// The worked examples of AWS's documentation.
@Suite struct PublishedExampleTests {
    /// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    enum S3 {
        static let credentials = AWSCredentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            source: "example")
        static let context = SigningContext(
            region: "us-east-1", service: "s3", time: Date(timeIntervalSince1970: 1_369_353_600), isS3: true)

        static func request(
            _ method: String, _ path: String, query: String? = nil, headers: [HTTPHeader] = [], body: String = ""
        ) -> HTTPRequest {
            HTTPRequest(
                method: method,
                url: HTTPURL(scheme: "https", host: "examplebucket.s3.amazonaws.com", path: path, query: query),
                headers: headers, body: Array(body.utf8))
        }
    }

    @Test(
        "S3: signatures in headers",
        arguments: [
            (
                S3.request("GET", "/test.txt", headers: [HTTPHeader("Range", "bytes=0-9")]),
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
            ),
            (
                S3.request(
                    "PUT", "/test$file.text",
                    headers: [
                        HTTPHeader("Date", "Fri, 24 May 2013 00:00:00 GMT"),
                        HTTPHeader("x-amz-storage-class", "REDUCED_REDUNDANCY"),
                    ], body: "Welcome to Amazon S3."),
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
            ),
            (
                S3.request("GET", "/", query: "lifecycle"),
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
            ),
            (
                S3.request("GET", "/", query: "max-keys=2&prefix=J"),
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
            ),
        ])
    func s3(request: HTTPRequest, signature: String) {
        let signed = SigV4.signed(request, with: S3.credentials, context: S3.context)
        #expect(signed.signature == signature)
        let hash = SHA256.hash(request.body).hexadecimal
        #expect(signed.request.headers.contains(HTTPHeader("x-amz-content-sha256", hash)))
    }

    /// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    @Test func s3Presigned() {
        let signed = SigV4.presigned(
            S3.request("GET", "/test.txt"), with: S3.credentials, context: S3.context, expires: .seconds(86_400))
        #expect(signed.signature == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    @Test func iamListUsers() throws {
        let request = HTTPRequest(
            method: "GET", url: try #require(HTTPURL("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08")),
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")])
        let signed = SigV4.signed(
            request,
            with: AWSCredentials(
                accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                source: "example"),
            context: SigningContext(
                region: "us-east-1", service: "iam", time: Date(timeIntervalSince1970: 1_440_938_160)))
        #expect(signed.signature == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
    }

    @Test func s3PathsAreSignedAsTheServerReadsThem() {
        func canonicalPath(_ path: String) -> Substring {
            let signed = SigV4.signed(S3.request("PUT", path), with: S3.credentials, context: S3.context)
            return String(decoding: signed.canonicalRequest, as: UTF8.self).split(separator: "\n")[1]
        }
        #expect(canonicalPath("/acks/a%20b%2Bc//./../x") == "/acks/a%20b%2Bc//./../x")
        #expect(canonicalPath("/a+b=c%c3%a9") == "/a%2Bb%3Dc%C3%A9")
        #expect(canonicalPath("/100%") == "/100%25")
    }

    @Test func signingAgainReplacesTheFirstSignature() {
        let request = S3.request("GET", "/test.txt", headers: [HTTPHeader("User-Agent", "keybaton")])
        let once = SigV4.sign(request, with: S3.credentials, context: S3.context)
        let twice = SigV4.sign(once, with: S3.credentials, context: S3.context)
        #expect(Set(once.headers) == Set(twice.headers) && once.headers.count == twice.headers.count)
        #expect(!(twice.headers.last?.value.contains("user-agent") ?? true))
    }

    @Test func theHostIsSignedWithItsPortAndNotAdded() {
        var request = S3.request("GET", "/")
        request.url.port = 8443
        let signed = SigV4.signed(request, with: S3.credentials, context: S3.context)
        #expect(
            String(decoding: signed.canonicalRequest, as: UTF8.self).contains(
                "host:examplebucket.s3.amazonaws.com:8443\n"))
        #expect(!signed.request.headers.contains { $0.name.lowercased() == "host" })
    }
}
