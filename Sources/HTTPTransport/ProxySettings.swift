/// The proxy of the usual variables, read by us from a given environment so that libcurl never looks at the process's.
///
/// Only https goes through a proxy. Plain http is for this machine and metadata services, whose secrets must not be
/// shown to a proxy, so `http_proxy` is deliberately without effect.
struct ProxySettings: Sendable {
    /// `scheme://host[:port]`, without user information; nil: no proxy.
    let url: String?
    /// `user:password`, percent-encoded as in the variable; curl decodes it.
    let credentials: String?
    /// curl's own matching: comma-separated names with their subdomains, addresses, networks, or `*`.
    let exceptions: String

    /// Throws when a proxy is named that cannot be understood: going direct instead could leave the wanted path.
    init(environment: [String: String]) throws(HTTPError) {
        func value(_ names: String...) -> String? {
            // Lower case first, as curl does.
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        exceptions = value("no_proxy", "NO_PROXY") ?? ""
        guard let text = value("https_proxy", "HTTPS_PROXY") else {
            url = nil
            credentials = nil
            return
        }
        // The variable may hold a password: the message does not repeat it.
        let unusable = HTTPError(
            .configuration, host: "", message: "https_proxy is not a proxy's URL such as http://proxy.example:3128")
        var rest = Substring(text)
        var scheme = "http"
        if let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") {
            scheme = text[..<colon].lowercased()
            rest = text[colon...].dropFirst("://".count)
        }
        guard ["http", "https", "socks5", "socks5h"].contains(scheme), text.isVisibleASCII else { throw unusable }
        if rest.last == "/" { rest.removeLast() }
        let at = rest.lastIndex(of: "@")
        credentials = at.map { String(rest[..<$0]) }
        rest = at.map { rest[rest.index(after: $0)...] } ?? rest
        guard HTTPURL.hostAndPort(rest) != nil else { throw unusable }
        url = "\(scheme)://\(rest)"
    }
}
