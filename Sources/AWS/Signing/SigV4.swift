package import HTTPTransport
import Secrets

/// Signature Version 4, in headers or in the query.
package enum SigV4 {
    private static let algorithm = "AWS4-HMAC-SHA256"

    /// The request with an `Authorization` header; all its headers are signed, except those that transports change.
    ///
    /// A `Host` header is signed as the transport sends it and need not be in the request. Headers of an earlier
    /// signature are replaced. A header `x-amz-content-sha256` that is there already is taken for the payload's hash.
    package static func sign(
        _ request: HTTPRequest, with credentials: AWSCredentials, context: SigningContext
    ) -> HTTPRequest {
        signed(request, with: credentials, context: context).request
    }

    /// The request with its signature in the query: whoever has the URL can send it until it expires.
    ///
    /// `expires` is cut to whole seconds; AWS accepts at most seven days.
    package static func presign(
        _ request: HTTPRequest, with credentials: AWSCredentials, context: SigningContext, expires: Duration
    ) -> HTTPRequest {
        presigned(request, with: credentials, context: context, expires: expires).request
    }

    package static func signed(
        _ request: HTTPRequest, with credentials: AWSCredentials, context: SigningContext
    ) -> SignedRequest {
        let timestamp = UTCTimestamp(context.time)
        var request = request
        request.headers.removeAll { header in
            ["authorization", "x-amz-date", "x-amz-security-token"].contains(header.name.lowercased())
        }
        let payloadHash = Self.payloadHash(of: request)
        if let token = credentials.sessionToken {
            request.headers.append(HTTPHeader("X-Amz-Security-Token", token.reveal()))
        }
        request.headers.append(HTTPHeader("X-Amz-Date", timestamp.text))
        if context.isS3 || context.sendsPayloadHash, request.header(payloadHashHeader) == nil {
            request.headers.append(HTTPHeader(payloadHashHeader, payloadHash))
        }
        var headers = headersWithHost(of: request)
        if context.omitsSessionToken { headers.removeAll { $0.name == "X-Amz-Security-Token" } }
        let canonical = CanonicalRequest(
            method: request.method, path: request.url.path, query: request.url.query,
            headers: CanonicalHeaders(headers), payloadHash: payloadHash, context: context)
        let (scope, text, signature) = signature(of: canonical, with: credentials, at: timestamp, context: context)
        request.headers.append(
            HTTPHeader(
                "Authorization",
                "\(algorithm) Credential=\(credentials.accessKeyID)/\(scope), "
                    + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"))
        return SignedRequest(
            request: request, canonicalRequest: canonical.bytes, stringToSign: text, signature: signature)
    }

    package static func presigned(
        _ request: HTTPRequest, with credentials: AWSCredentials, context: SigningContext, expires: Duration
    ) -> SignedRequest {
        let timestamp = UTCTimestamp(context.time)
        let headers = CanonicalHeaders(headersWithHost(of: request))
        let scope = "\(timestamp.date)/\(context.region)/\(context.service)/aws4_request"
        var query = request.url.query.map { $0.isEmpty ? "" : $0 + "&" } ?? ""
        query += "X-Amz-Algorithm=\(algorithm)"
        query += "&X-Amz-Credential=" + PercentEncoding.encode("\(credentials.accessKeyID)/\(scope)")
        query += "&X-Amz-Date=\(timestamp.text)"
        query += "&X-Amz-SignedHeaders=" + PercentEncoding.encode(headers.names)
        query += "&X-Amz-Expires=\(expires.components.seconds)"
        let token = credentials.sessionToken.map { "&X-Amz-Security-Token=" + PercentEncoding.encode($0.reveal()) }
        if let token, !context.omitsSessionToken { query += token }
        // S3 does not know the payload when it judges a presigned URL, unless a header names its hash.
        let payloadHash =
            context.isS3
            ? request.header(payloadHashHeader) ?? "UNSIGNED-PAYLOAD" : Self.payloadHash(of: request)
        let canonical = CanonicalRequest(
            method: request.method, path: request.url.path, query: query, headers: headers, payloadHash: payloadHash,
            context: context)
        let (_, text, signature) = signature(of: canonical, with: credentials, at: timestamp, context: context)
        if let token, context.omitsSessionToken { query += token }
        var request = request
        request.url.query = query + "&X-Amz-Signature=\(signature)"
        return SignedRequest(
            request: request, canonicalRequest: canonical.bytes, stringToSign: text, signature: signature)
    }

    private static let payloadHashHeader = "x-amz-content-sha256"

    private static func payloadHash(of request: HTTPRequest) -> String {
        request.header(payloadHashHeader) ?? SHA256.hash(request.body).hexadecimal
    }

    private static func headersWithHost(of request: HTTPRequest) -> [HTTPHeader] {
        request.header("host") == nil
            ? request.headers + [HTTPHeader("Host", request.url.authority)] : request.headers
    }

    private static func signature(
        of canonical: CanonicalRequest, with credentials: AWSCredentials, at timestamp: UTCTimestamp,
        context: SigningContext
    ) -> (scope: String, text: String, signature: String) {
        let key = SigningKey(
            secret: credentials.secretAccessKey, date: timestamp.date, region: context.region,
            service: context.service)
        let text = [algorithm, timestamp.text, key.scope, SHA256.hash(canonical.bytes).hexadecimal]
            .joined(separator: "\n")
        return (key.scope, text, key.sign(text))
    }
}
