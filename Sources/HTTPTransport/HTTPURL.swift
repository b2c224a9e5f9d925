/// An absolute http or https URL, parsed once and never re-encoded: what was signed is what is sent.
package struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    /// "https" or "http", lower case.
    package var scheme: String
    /// Lower case, without brackets for IPv6.
    package var host: String
    /// nil: the scheme's default.
    package var port: Int?
    /// As sent, percent-encoded; begins with "/".
    package var path: String
    /// As sent, without "?"; nil when there is no "?".
    package var query: String?

    package init(scheme: String, host: String, port: Int? = nil, path: String = "/", query: String? = nil) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
        self.query = query
    }

    /// Reads `scheme://host[:port][/path][?query]`.
    ///
    /// Returns nil for another scheme, user information, a fragment, an empty host, a port outside 1...65535, and any
    /// character that would have to be encoded first.
    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        let scheme = text[..<colon].lowercased()
        guard scheme == "https" || scheme == "http", text.isVisibleASCII, !text.utf8.contains(UInt8(ascii: "#")) else {
            return nil
        }
        let rest = text[colon...].dropFirst("://".count)
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        guard let (host, port) = Self.hostAndPort(rest[..<authorityEnd]) else { return nil }
        let target = rest[authorityEnd...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = target.first ?? ""
        self.init(
            scheme: scheme, host: host, port: port, path: path.isEmpty ? "/" : String(path),
            query: target.count > 1 ? String(target[1]) : nil)
    }

    /// The value of the Host header: host[:port], brackets for IPv6, no default port.
    package var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        guard let port, port != defaultPort else { return host }
        return "\(host):\(port)"
    }

    package var description: String { "\(scheme)://\(authority)\(target)" }

    /// What follows the method in the request line.
    var target: String { query.map { "\(path)?\($0)" } ?? path }

    private var defaultPort: Int { scheme == "https" ? 443 : 80 }

    /// Splits an authority; nil when it has user information or is not well formed.
    static func hostAndPort(_ authority: Substring) -> (host: String, port: Int?)? {
        var host = authority
        var port: Substring?
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<close]
            let rest = authority[authority.index(after: close)...]
            guard rest.isEmpty || rest.first == ":", IPAddress(host)?.isVersion6 == true else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        let isName = host.utf8.allSatisfy { $0.isHostNameByte }
        guard !host.isEmpty, isName || authority.first == "[" else { return nil }
        guard let port else { return (host.lowercased(), nil) }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port), 1...65535 ~= number else {
            return nil
        }
        return (host.lowercased(), number)
    }
}

extension UInt8 {
    /// Letters, digits, "-", "." and "_", which bucket names of old may have.
    fileprivate var isHostNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension StringProtocol {
    /// Whether there is nothing but printable ASCII without space.
    var isVisibleASCII: Bool { utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}
