import HTTPTransport

/// A request in the one spelling that both sides hash.
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
struct CanonicalRequest {
    let bytes: [UInt8]
    /// Lower-case names joined by ";".
    let signedHeaders: String

    init(
        method: String, path: String, query: String?, headers: CanonicalHeaders, payloadHash: String,
        context: SigningContext
    ) {
        signedHeaders = headers.names
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes += method.utf8
        bytes.append(newline)
        if context.isS3 {
            // Decoded first: the path is already encoded once, perhaps with other letters than ours.
            PercentEncoding.append(PercentEncoding.decode(path.utf8), to: &bytes, keepingSlashes: true)
        } else {
            let path = context.normalizesPath ? Self.normalized(path) : path
            PercentEncoding.append(path.utf8, to: &bytes, keepingSlashes: true)
        }
        bytes.append(newline)
        if let query { Self.append(query: query, to: &bytes) }
        bytes.append(newline)
        bytes += headers.lines
        bytes.append(newline)
        bytes += headers.names.utf8
        bytes.append(newline)
        bytes += payloadHash.utf8
        self.bytes = bytes
    }

    /// Without empty and "." segments, and with ".." resolved (RFC 3986, section 5.2.4, and joined slashes).
    private static func normalized(_ path: String) -> String {
        if path == "/" { return path }
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        for segment in segments {
            switch segment {
            case "", ".": continue
            case "..": _ = kept.popLast()
            default: kept.append(segment)
            }
        }
        let endsWithSlash = !kept.isEmpty && ["", ".", ".."].contains(segments.last ?? "")
        return "/" + kept.joined(separator: "/") + (endsWithSlash ? "/" : "")
    }

    /// Sorted by name, then by value, after encoding.
    private static func append(query: String, to bytes: inout [UInt8]) {
        var parameters = query.utf8.split(separator: UInt8(ascii: "&")).map {
            parameter -> (name: [UInt8], value: [UInt8]) in
            let parts = parameter.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            var name: [UInt8] = []
            var value: [UInt8] = []
            PercentEncoding.append(PercentEncoding.decode(parts[0]), to: &name)
            if parts.count > 1 { PercentEncoding.append(PercentEncoding.decode(parts[1]), to: &value) }
            return (name, value)
        }
        parameters.sort {
            $0.name == $1.name
                ? $0.value.lexicographicallyPrecedes($1.value) : $0.name.lexicographicallyPrecedes($1.name)
        }
        for (index, parameter) in parameters.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "&")) }
            bytes += parameter.name
            bytes.append(UInt8(ascii: "="))
            bytes += parameter.value
        }
    }
}

let newline = UInt8(ascii: "\n")
