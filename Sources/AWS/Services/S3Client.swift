import FoundationEssentials
import HTTPTransport

/// Amazon S3: single objects, written under conditions, and listings.
package struct S3Client: Sendable {
    let client: AWSClient
    /// The account that must own every bucket; S3 refuses otherwise, so that nobody takes over a bucket's name.
    private let expectedBucketOwner: String?

    package init(_ client: AWSClient, expectedBucketOwner: String? = nil) {
        self.client = client
        self.expectedBucketOwner = expectedBucketOwner
    }

    /// nil when the object still has the ETag of `ifNoneMatch`.
    ///
    /// Throws an `AWSError` of kind `.notFound` when there is no object and the caller may list the bucket; without
    /// that right S3 says `.accessDenied`. A body over `maximumSize` bytes is a `.malformedAnswer` with that cause.
    package func getObject(
        bucket: String, key: String, ifNoneMatch: String? = nil, maximumSize: Int = 1 << 20
    ) async throws -> S3Object? {
        var call = try call("GetObject", "GET", bucket: bucket, key: key)
        if let ifNoneMatch { call.headers.append(HTTPHeader("If-None-Match", ifNoneMatch)) }
        call.limits.maximumBodySize = maximumSize
        let response = try await client.send(call)
        return response.http.status == 304 ? nil : try S3Object(call, response)
    }

    /// As `getObject`, without the body. A HEAD's refusal does not say why: prefer `getObject` to tell errors apart.
    package func headObject(bucket: String, key: String) async throws -> S3Object {
        let call = try call("HeadObject", "HEAD", bucket: bucket, key: key)
        return try S3Object(call, try await client.send(call))
    }

    /// Throws an `AWSError` of kind `.preconditionFailed` or, in a race, `.conflict` when the condition does not hold.
    ///
    /// After a lost answer the repeated request meets the object of the first: `.preconditionFailed` may mean oneself.
    package func putObject(
        bucket: String, key: String, body: [UInt8], contentType: String, metadata: [String: String] = [:],
        condition: S3Condition = .none
    ) async throws -> S3Written {
        var call = try call("PutObject", "PUT", bucket: bucket, key: key)
        call.body = body
        call.headers.append(HTTPHeader("Content-Type", contentType))
        call.headers += metadata.sorted { $0.key < $1.key }.map { HTTPHeader("x-amz-meta-\($0.key)", $0.value) }
        switch condition {
        case .none: break
        case .ifAbsent: call.headers.append(HTTPHeader("If-None-Match", "*"))
        case .ifMatch(let etag): call.headers.append(HTTPHeader("If-Match", etag))
        }
        let response = try await client.send(call)
        guard let etag = response.http.header("ETag") else {
            throw AWSError.malformed(call, response, "the ETag is missing; the object was written")
        }
        return S3Written(etag: etag, serverDate: response.serverDate)
    }

    /// Deleting what is not there succeeds, unless `ifMatch` is given.
    package func deleteObject(bucket: String, key: String, ifMatch: String? = nil) async throws {
        var call = try call("DeleteObject", "DELETE", bucket: bucket, key: key)
        if let ifMatch { call.headers.append(HTTPHeader("If-Match", ifMatch)) }
        _ = try await client.send(call)
    }

    /// In the order of the keys' UTF-8; at most a thousand a page.
    package func listObjects(
        bucket: String, prefix: String = "", startAfter: String? = nil, pageSize: Int? = nil
    ) -> Pages<S3ListedObject> {
        Pages { token in
            var call = try call("ListObjectsV2", "GET", bucket: bucket, key: nil)
            // Keys may hold characters that XML 1.0 cannot.
            let parameters: [(String, String?)] = [
                ("continuation-token", token), ("encoding-type", "url"), ("list-type", "2"),
                ("max-keys", pageSize.map(String.init)), ("prefix", prefix), ("start-after", startAfter),
            ]
            call.query = parameters.compactMap { name, value in
                value.map { "\(name)=\(PercentEncoding.encode($0))" }
            }.joined(separator: "&")
            let response = try await client.send(call)
            let answer = try XMLAnswer(call, response)
            guard answer.root.name == "ListBucketResult" else {
                throw AWSError.malformed(call, response, "not a ListBucketResult")
            }
            let isEncoded = answer.optionalText("EncodingType") == "url"
            let next = answer.flag("IsTruncated") ? try answer.text("NextContinuationToken") : nil
            return (try answer.children("Contents").map { try S3ListedObject($0, isEncoded: isEncoded) }, next)
        }
    }

    /// `key` is nil for the bucket itself.
    func call(_ operation: String, _ method: String, bucket: String, key: String?) throws -> AWSCall {
        // An empty key would turn a PUT or DELETE of an object into one of the bucket.
        guard !bucket.isEmpty, key != "" else { throw S3NameError() }
        var call = AWSCall(service: .s3, operation: operation, method: method)
        call.bucket = bucket
        call.path = "/" + PercentEncoding.encode(key ?? "", keepingSlashes: true)
        if let expectedBucketOwner {
            call.headers.append(HTTPHeader("x-amz-expected-bucket-owner", expectedBucketOwner))
        }
        return call
    }
}

package struct S3NameError: Error, Equatable, CustomStringConvertible {
    package var description: String { "the name of the bucket or of the object is empty" }
}
