import AWS
import HTTPTransport
import Testing

/// What is set on a bucket. The answers are those of the API's reference.
struct S3BucketTests {
    private func rules(_ text: String) async throws -> [S3LifecycleRule] {
        let bench = Bench(.http(200, "<LifecycleConfiguration>\(text)</LifecycleConfiguration>"))
        let rules = try await S3Client(bench.client).lifecycleRules(of: "bucket")
        #expect(bench.sender.requests[0].url.description == "https://bucket.s3.eu-west-1.amazonaws.com/?lifecycle=")
        return rules
    }

    @Test(
        "Versioning is told in S3's words",
        arguments: [
            ("<VersioningConfiguration/>", nil),
            ("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", "Enabled"),
            ("<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>", "Suspended"),
        ] as [(String, String?)])
    func versioning(answer: String, status: String?) async throws {
        let bench = Bench(.http(200, answer))
        #expect(try await S3Client(bench.client).versioning(of: "bucket") == status)
        #expect(bench.sender.requests[0].method == "GET")
    }

    @Test func `Public access is blocked only when all four settings say so`() async throws {
        func block(_ last: Bool) -> String {
            """
            <PublicAccessBlockConfiguration><BlockPublicAcls>TRUE</BlockPublicAcls>\
            <IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>\
            <RestrictPublicBuckets>\(last)</RestrictPublicBuckets></PublicAccessBlockConfiguration>
            """
        }
        let bench = Bench(
            .http(200, block(true)), .http(200, block(false)),
            .http(404, "<Error><Code>NoSuchPublicAccessBlockConfiguration</Code></Error>"))
        let s3 = S3Client(bench.client)
        #expect(try await s3.publicAccessIsBlocked(of: "bucket") == true)
        #expect(try await s3.publicAccessIsBlocked(of: "bucket") == false)
        #expect(try await s3.publicAccessIsBlocked(of: "bucket") == nil)
    }

    @Test(
        "Where a rule's prefix stands",
        arguments: [
            ("<Filter><Prefix>acks/</Prefix></Filter>", "acks/", false),
            (
                "<Filter><And><Prefix>acks/</Prefix><Tag><Key>a</Key><Value>b</Value></Tag></And></Filter>", "acks/",
                true
            ),
            ("<Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter>", "", true),
            ("<Prefix>logs/</Prefix>", "logs/", false),
            ("<Filter></Filter>", "", false),
        ])
    func prefixes(filter: String, prefix: String, needsTags: Bool) async throws {
        let rule = try #require(
            try await rules(
                "<Rule><ID>r</ID>\(filter)<Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule>"
            ).first)
        #expect(rule.id == "r" && rule.prefix == prefix && rule.needsTags == needsTags && rule.touchesCurrentVersions)
    }

    @Test(
        "Only what takes or archives the newest version touches it",
        arguments: [
            ("<Expiration><Date>2027-01-01T00:00:00Z</Date></Expiration>", true),
            ("<Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition>", true),
            ("<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>", false),
            ("<NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration>", false),
            (
                "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>",
                false
            ),
        ])
    func actions(action: String, touches: Bool) async throws {
        let rules = try await rules("<Rule><Filter/><Status>Enabled</Status>\(action)</Rule>")
        #expect(rules.map(\.touchesCurrentVersions) == [touches])
    }

    @Test func `A rule that is off counts for nothing, and a bucket may have none`() async throws {
        let off = "<Rule><Filter/><Status>Disabled</Status><Expiration><Days>1</Days></Expiration></Rule>"
        #expect(try await rules(off).isEmpty)
        let bench = Bench(.http(404, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>"))
        #expect(try await S3Client(bench.client).lifecycleRules(of: "bucket").isEmpty)
    }

    @Test func `A bucket that there is not is no bucket without rules`() async {
        let bench = Bench(.http(404, "<Error><Code>NoSuchBucket</Code></Error>"))
        await #expect(throws: AWSError.self) { try await S3Client(bench.client).lifecycleRules(of: "bucket") }
    }
}
