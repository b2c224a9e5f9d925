package import HTTPTransport

/// A signed request with the intermediate texts, which a `SignatureDoesNotMatch` answer quotes from its own side.
///
/// `canonicalRequest` holds the session token, if there is one: never log it.
package struct SignedRequest: Sendable {
    package let request: HTTPRequest
    package let canonicalRequest: [UInt8]
    package let stringToSign: String
    package let signature: String
}
