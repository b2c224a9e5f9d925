package import FoundationEssentials
import HTTPTransport

/// What must hold for a write to take place.
package enum S3Condition: Hashable, Sendable {
    case none
    case ifAbsent
    /// The object still has this ETag.
    case ifMatch(String)
}

package struct S3Object: Sendable, Equatable {
    package let body: [UInt8]
    /// With its quotes, as a condition wants it.
    package let etag: String
    /// By the service's clock; nil when it did not say.
    package let lastModified: Date?
    /// Of the headers `x-amz-meta-…`, the names without that prefix and in lower case.
    package let metadata: [String: String]
    /// The service's clock when it answered.
    package let serverDate: Date?

    init(_ call: AWSCall, _ response: AWSResponse) throws(AWSError) {
        guard let etag = response.http.header("ETag") else {
            throw AWSError.malformed(call, response, "the ETag is missing")
        }
        self.etag = etag
        body = response.body
        lastModified = response.http.date(of: "Last-Modified")
        let prefix = "x-amz-meta-"
        let pairs = response.http.headers.map { ($0.name.lowercased(), $0.value) }.filter { $0.0.hasPrefix(prefix) }
        metadata = Dictionary(pairs.map { (String($0.0.dropFirst(prefix.count)), $0.1) }) { first, _ in first }
        serverDate = response.serverDate
    }
}

package struct S3Written: Sendable, Hashable {
    /// With its quotes, as a condition wants it.
    package let etag: String
    /// The service's clock when it answered.
    package let serverDate: Date?
}

package struct S3ListedObject: Sendable, Hashable {
    package let key: String
    /// With its quotes.
    package let etag: String
    package let lastModified: Date
    /// In bytes.
    package let size: Int

    init(_ element: XMLAnswer, isEncoded: Bool) throws(AWSError) {
        let name = try element.text("Key")
        // "+" is a space here, as in a form; a plus sign arrives as %2B.
        key =
            isEncoded
            ? String(decoding: PercentEncoding.decode(name.utf8.map { $0 == 0x2B ? 0x20 : $0 }), as: UTF8.self) : name
        etag = try element.text("ETag")
        lastModified = try element.date("LastModified")
        guard let size = Int(try element.text("Size")) else { throw element.malformed("Size is not a number") }
        self.size = size
    }
}
