/// The page's icon says how much needs attention: somebody with twenty tabs sees it.
struct Icon: Hashable, Sendable {
    /// 1 to 9, or 10 for more.
    private let badge: Int?
    private let isWorking: Bool

    private static let calm = Icon(badge: nil, isWorking: false)
    private static let working = Icon(badge: nil, isWorking: true)
    static let allCases = [calm, working] + (1...10).map { Icon(badge: $0, isWorking: false) }

    private init(badge: Int?, isWorking: Bool) {
        self.badge = badge
        self.isWorking = isWorking
    }

    init(attention: Int, isWorking: Bool) {
        self = attention > 0 ? Icon(badge: min(attention, 10), isWorking: false) : isWorking ? .working : .calm
    }

    var asset: Asset { Self.assets[self] ?? Asset("svg", Self.contentType, svg.bytes) }

    private static let contentType = "image/svg+xml"
    private static let assets = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, Asset("svg", contentType, $0.svg.bytes)) })

    private var svg: HTML {
        let colour: HTML = badge != nil ? "#b42318" : isWorking ? "#175cd3" : "#17663f"
        let count: HTML? = badge.map { count in
            """
            <circle cx="22" cy="10" r="10" fill="#b42318" stroke="#fff" stroke-width="1.5"/><text x="22" y="15" \
            fill="#fff" font-family="system-ui,sans-serif" font-size="14" font-weight="700" \
            text-anchor="middle">\(count > 9 ? "9+" : "\(count)")</text>
            """
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" \
            fill="\(badge == nil ? colour : "#3a3a3a")"/>\(Baton.drawing)\(count)</svg>
            """
    }
}

/// The mark of the project: a baton, handed over.
enum Baton {
    /// In a square of 32.
    static let drawing: HTML = """
        <path d="M9.5 22.5 22.5 9.5" stroke="#fff" stroke-width="7.5" stroke-linecap="round"/>\
        <path d="m13.4 14.1 4.5 4.5M15.8 11.7l4.5 4.5" stroke="#3a3a3a" stroke-width="1.6" stroke-opacity=".55"/>
        """
}
