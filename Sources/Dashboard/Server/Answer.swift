import HTTPTypes
import NIOCore
import Secrets

/// A whole answer, but for the headers that every answer has.
struct Answer: Sendable {
    enum Caching: String {
        /// Ask again each time, and be told when it is the same.
        case revalidated = "private, no-cache"
        /// Its name says what it contains.
        case forEver = "public, max-age=31536000, immutable"
        case never = "no-store"
    }

    var status: HTTPResponse.Status
    var contentType: String
    var body: ByteBuffer
    var caching: Caching
    /// Strong: equal ETags, equal bytes. Nil on what is not kept.
    var etag: String?
    var extra: HTTPFields = [:]

    init(
        status: HTTPResponse.Status = .ok, _ contentType: String, _ body: [UInt8], caching: Caching = .revalidated
    ) {
        self.status = status
        self.contentType = contentType
        self.body = ByteBuffer(bytes: body)
        self.caching = caching
        etag = caching == .never ? nil : "\"\(SHA256.hash(body).prefix(12).hexadecimal)\""
    }

    /// Whether the asker has this very answer: RFC 9110, 13.1.2.
    func isHeld(byAskerWith ifNoneMatch: String?) -> Bool {
        guard status == .ok, let etag, let ifNoneMatch else { return false }
        return ifNoneMatch.split(separator: ",").contains { candidate in
            var candidate = candidate.drop { $0 == " " || $0 == "\t" }
            while candidate.last == " " || candidate.last == "\t" { candidate.removeLast() }
            if candidate.hasPrefix("W/") { candidate = candidate.dropFirst(2) }
            return candidate == etag || candidate == "*"
        }
    }
}
