/// What the transport refuses to send at all.
enum RequestPolicy {
    /// Instance, container and pod metadata services: link-local, reached by plain http, never through a proxy.
    private static let metadataAddresses: Set<IPAddress> = Set(
        ["169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "fd00:ec2::254"].compactMap {
            IPAddress($0)
        })
    /// Well above what AWS takes (16 KiB), well below what would hurt.
    private static let maximumHeaderSize = 64 << 10

    static func isMetadataService(_ host: String) -> Bool {
        IPAddress(host).map(metadataAddresses.contains) ?? false
    }

    /// `localhost` counts: libcurl resolves it to the loopback addresses without asking anybody.
    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || (IPAddress(host)?.isLoopback ?? false)
    }

    static func check(_ request: HTTPRequest, allowsPlainHTTP: Bool = false) throws(HTTPError) {
        let url = request.url
        func refuse(_ code: HTTPError.Code, _ message: String) -> HTTPError {
            HTTPError(code, host: url.host.isVisibleASCII ? url.host : "", message: message)
        }
        guard url.scheme == "https" || url.scheme == "http" else {
            throw refuse(.refusedScheme, "only https URLs are supported")
        }
        guard url.scheme == "https" || allowsPlainHTTP || isLoopback(url.host) || isMetadataService(url.host) else {
            throw refuse(
                .refusedScheme, "plain http is refused for anything but this machine and metadata services; use https")
        }
        guard let (host, port) = HTTPURL.hostAndPort(Substring(url.authority)), host == url.host.lowercased(),
            port == nil || port == url.port
        else { throw refuse(.malformed, "the URL's host or port is not valid") }
        guard url.path.utf8.first == UInt8(ascii: "/"), url.target.isVisibleASCII, !url.target.contains("#") else {
            throw refuse(.malformed, "the URL's path or query is not percent-encoded")
        }
        guard !request.method.isEmpty,
            request.method.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { throw refuse(.malformed, "the request method is not valid") }
        for header in request.headers {
            // A line break in a value would be a header of its own.
            guard !header.name.isEmpty, header.name.isVisibleASCII, !header.name.contains(":"),
                header.value.utf8.allSatisfy({ $0 == 0x09 || (0x20...0x7E).contains($0) })
            else {
                throw refuse(.malformed, "the header \"\(header.name.filter(\.isASCII))\" has characters outside ASCII")
            }
        }
        let size = request.headers.reduce(url.target.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        guard size <= maximumHeaderSize else { throw refuse(.malformed, "the request's headers are too large") }
    }
}

extension HTTPURL {
    /// Whether nobody on the network can read what goes there: https, or this very machine.
    package var isPrivate: Bool { scheme == "https" || RequestPolicy.isLoopback(host) }
}
