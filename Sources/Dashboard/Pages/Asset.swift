import Secrets

/// A file that pages need, named by what it contains: it may be cached for ever.
package struct Asset: Hashable, Sendable {
    /// Without a folder, such as `keybaton.0f3a5b7c.css`.
    package let name: String
    package let contentType: String
    package let bytes: [UInt8]

    /// Below the site's root.
    package var path: String { "assets/\(name)" }

    package static let style = Asset("css", "text/css; charset=utf-8", PackageResources.keybaton_css)
    package static let script = Asset("js", "text/javascript; charset=utf-8", PackageResources.keybaton_js)

    package static let all = [style, script] + Icon.allCases.map(\.asset)

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    package static func named(_ name: some StringProtocol) -> Asset? { byName[String(name)] }

    init(_ kind: String, _ contentType: String, _ bytes: [UInt8]) {
        name = "keybaton.\(SHA256.hash(bytes).prefix(4).hexadecimal).\(kind)"
        self.contentType = contentType
        self.bytes = bytes
    }
}
