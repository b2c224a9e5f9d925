import AWS
import FoundationEssentials
import HTTPTransport
import Testing

@Suite struct S3ClientTests {
    static let date = "Sat, 21 Nov 2026 08:10:47 GMT"

    @Test func readsAnObject() async throws {
        let bench = Bench(
            .http(
                200, "body",
                [
                    "ETag": "\"e1\"", "Last-Modified": "Sat, 21 Nov 2026 08:09:47 GMT", "Date": Self.date,
                    "x-amz-meta-Keybaton-Proof": "p",
                ]))
        let object = try await S3Client(bench.client, expectedBucketOwner: "123456789012").getObject(
            bucket: "bucket", key: "acks/backup/x", maximumSize: 77)
        #expect(object?.body == Array("body".utf8) && object?.etag == "\"e1\"")
        #expect(object?.metadata == ["keybaton-proof": "p"])
        #expect(object?.lastModified == StoppedClock.time - 60 && object?.serverDate == StoppedClock.time)
        let request = bench.sender.requests[0]
        #expect(request.url.description == "https://bucket.s3.eu-west-1.amazonaws.com/acks/backup/x")
        #expect(request.header("x-amz-expected-bucket-owner") == "123456789012")
        #expect(bench.sender.limits[0].maximumBodySize == 77)
    }

    @Test func anUnchangedObjectIsNil() async throws {
        let bench = Bench(.http(304))
        let object = try await S3Client(bench.client).getObject(bucket: "bucket", key: "k", ifNoneMatch: "\"e1\"")
        #expect(object == nil && bench.sender.requests[0].header("If-None-Match") == "\"e1\"")
    }

    @Test(
        "keys with every kind of character arrive as they are",
        arguments: [
            ("a b+c%d~e", "/a%20b%2Bc%25d~e"), ("é/日本", "/%C3%A9/%E6%97%A5%E6%9C%AC"),
            ("${aws:x}", "/%24%7Baws%3Ax%7D"),
            ("a//b/../c/.", "/a//b/../c/."), ("/lead", "//lead"), ("q?a=1&b#f", "/q%3Fa%3D1%26b%23f"),
            ("'()*!;:@,", "/%27%28%29%2A%21%3B%3A%40%2C"),
        ])
    func keys(key: String, path: String) async throws {
        let bench = Bench(.http(200, "", ["ETag": "\"e\""]))
        _ = try await S3Client(bench.client).headObject(bucket: "bucket", key: key)
        #expect(bench.sender.requests[0].url.path == path && bench.sender.requests[0].method == "HEAD")
    }

    @Test("an empty key or bucket is refused: it would mean the bucket itself")
    func emptyNames() async {
        let s3 = S3Client(Bench().client)
        await #expect(throws: S3NameError.self) { try await s3.deleteObject(bucket: "bucket", key: "") }
        await #expect(throws: S3NameError.self) { try await s3.getObject(bucket: "", key: "k") }
    }

    @Test(
        "a condition is a header",
        arguments: [
            (S3Condition.none, String?.none, String?.none), (.ifAbsent, "*", nil), (.ifMatch("\"e1\""), nil, "\"e1\""),
        ])
    func conditions(condition: S3Condition, ifNoneMatch: String?, ifMatch: String?) async throws {
        let bench = Bench(.http(200, "", ["ETag": "\"e2\"", "Date": Self.date]))
        let written = try await S3Client(bench.client).putObject(
            bucket: "bucket", key: "k", body: [1, 2], contentType: "application/json", metadata: ["b": "2", "a": "1"],
            condition: condition)
        #expect(written.etag == "\"e2\"" && written.serverDate == StoppedClock.time)
        let request = bench.sender.requests[0]
        #expect(request.method == "PUT" && request.body == [1, 2])
        #expect(request.header("If-None-Match") == ifNoneMatch && request.header("If-Match") == ifMatch)
        #expect(request.header("Content-Type") == "application/json" && request.header("x-amz-meta-a") == "1")
    }

    @Test("a lost race is the caller's to resolve: it is not tried again")
    func conflict() async {
        for (status, code, kind) in [
            (409, "ConditionalRequestConflict", AWSErrorKind.conflict),
            (412, "PreconditionFailed", .preconditionFailed),
        ] {
            let bench = Bench(.http(status, "<Error><Code>\(code)</Code></Error>"))
            let error = await bench.failure {
                try await S3Client($0).putObject(
                    bucket: "bucket", key: "k", body: [], contentType: "text/plain", condition: .ifAbsent)
            }
            #expect(error?.kind == kind && error?.attempts == 1)
        }
    }

    @Test func deletesUnderACondition() async throws {
        let bench = Bench(.http(204))
        try await S3Client(bench.client).deleteObject(bucket: "bucket", key: "k", ifMatch: "\"e1\"")
        #expect(bench.sender.requests[0].method == "DELETE" && bench.sender.requests[0].header("If-Match") == "\"e1\"")
    }

    private static func page(_ contents: String, token: String? = nil, encoded: Bool = true) -> ScriptedServer.Answer {
        .http(
            200,
            "<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                + "<IsTruncated>\(token != nil)</IsTruncated>"
                + (token.map { "<NextContinuationToken>\($0)</NextContinuationToken>" } ?? "")
                + (encoded ? "<EncodingType>url</EncodingType>" : "") + contents + "</ListBucketResult>")
    }

    private static func contents(_ key: String) -> String {
        "<Contents><Key>\(key)</Key><LastModified>2026-11-21T08:10:47.000Z</LastModified>"
            + "<ETag>&quot;e&quot;</ETag><Size>12</Size><StorageClass>STANDARD</StorageClass></Contents>"
    }

    @Test("lists page by page, with the token of the page before")
    func list() async throws {
        let bench = Bench(
            Self.page(Self.contents("a+b%2Bc%25") + Self.contents("%C3%A9/x"), token: "t+1/="), Self.page(""),
            Self.page(Self.contents("a+b%20"), encoded: false))
        let s3 = S3Client(bench.client)
        let objects = try await s3.listObjects(bucket: "bucket", prefix: "acks/b +/").all()
        #expect(objects.map(\.key) == ["a b+c%", "é/x"])
        #expect(objects[0].etag == "\"e\"" && objects[0].size == 12 && objects[0].lastModified == StoppedClock.time)
        #expect(
            bench.sender.requests.map(\.url.query) == [
                "encoding-type=url&list-type=2&prefix=acks%2Fb%20%2B%2F",
                "continuation-token=t%2B1%2F%3D&encoding-type=url&list-type=2&prefix=acks%2Fb%20%2B%2F",
            ])
        let verbatim = try await s3.listObjects(bucket: "bucket", startAfter: "a", pageSize: 5).all()
        #expect(verbatim.map(\.key) == ["a+b%20"])
        #expect(bench.sender.requests[2].url.query == "encoding-type=url&list-type=2&max-keys=5&prefix=&start-after=a")
    }

    @Test("a page is fetched when it is asked for")
    func lazy() async throws {
        let bench = Bench(Self.page(Self.contents("a"), token: "t"))
        for try await page in S3Client(bench.client).listObjects(bucket: "bucket") {
            #expect(page.map(\.key) == ["a"])
            break
        }
        #expect(bench.sender.requests.count == 1)
    }

    @Test func aRepeatedTokenEndsTheListingWithAnError() async {
        let bench = Bench(Self.page("", token: "t"), Self.page("", token: "t"))
        await #expect(throws: RepeatedPageError.self) {
            _ = try await S3Client(bench.client).listObjects(bucket: "bucket").all()
        }
    }

    @Test(
        "a listing that cannot be read is an error, never an empty one",
        arguments: [
            "", "<html></html>", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><Contents><Key>k</Key></Contents></ListBucketResult>", "<ListBucketResult>",
        ])
    func malformed(body: String) async {
        let error = await Bench(.http(200, body)).failure { try await S3Client($0).listObjects(bucket: "bucket").all() }
        #expect(error?.kind == .malformedAnswer)
    }
}
