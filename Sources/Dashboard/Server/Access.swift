import HTTPTransport
package import Secrets

/// Who may ask: whoever knows the token, where there is one, by a name that leads here.
package struct Access: Sendable {
    /// The SHA-256 of the token: equally long, whatever is guessed.
    private let digest: [UInt8]?
    /// The names under which the dashboard is reached; nil where any will do.
    private let hosts: Set<String>?

    enum Refusal: Hashable, Sendable {
        case foreignHost, noToken
    }

    /// - Parameters:
    ///   - token: nil where only this machine can ask.
    ///   - hosts: names beside loopback's own, such as a reverse proxy passes on.
    package init(token: Secret?, listen: ListenAddress, hosts: [String] = []) {
        digest = token.map { token in token.withBytes { SHA256.hash($0) } }
        // A page anywhere on the web can lead its own name to 127.0.0.1 and then read what it finds there (DNS rebinding):
        // the name in the request tells. No page reaches a Unix socket, and none knows the token.
        if case .tcp = listen, listen.isLocal {
            self.hosts = Set(hosts.map { $0.lowercased() }).union(["localhost"])
        } else {
            self.hosts = nil
        }
    }

    /// Nil: welcome.
    ///
    /// - Parameters:
    ///   - authority: the request's `Host`.
    ///   - isOpen: whether no token is needed.
    func refusal(authority: String?, authorization: String?, isOpen: Bool) -> Refusal? {
        if let hosts {
            guard let host = Self.host(of: authority ?? ""), hosts.contains(host) || IPAddress(host)?.isLoopback == true
            else { return .foreignHost }
        }
        guard let digest, !isOpen else { return nil }
        let prefix = "bearer "
        guard let authorization, authorization.prefix(prefix.count).lowercased() == prefix else { return .noToken }
        let offered = SHA256.hash(Array(authorization.dropFirst(prefix.count).utf8))
        return constantTimeEqual(offered, digest) ? nil : .noToken
    }

    /// Without the port and the brackets of IPv6, in lower case; nil for what is no authority.
    private static func host(of authority: String) -> String? {
        var host = authority[...]
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            let rest = host[host.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            host = host[host.index(after: host.startIndex)..<end]
            guard IPAddress(host)?.isVersion6 == true else { return nil }
        } else if let colon = host.firstIndex(of: ":") {
            guard isPort(host[colon...]) else { return nil }
            host = host[..<colon]
        }
        if host.hasSuffix(".") { host = host.dropLast() }
        return host.isEmpty ? nil : host.lowercased()
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && text.dropFirst().utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
    }
}
