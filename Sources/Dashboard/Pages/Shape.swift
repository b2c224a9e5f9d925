/// A sign that differs in form, not only in colour. Always stands beside the word for the same thing.
package enum Shape: String, CaseIterable, Sendable {
    case current, behind, problem, silent, waived, hold, working

    package var html: HTML {
        "<svg class=\"shape \(rawValue)\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><use href=\"#shape-\(rawValue)\"/></svg>"
    }

    /// Once a page: every `use` refers to these. Nothing is drawn here.
    static var definitions: HTML {
        let symbols = allCases.map { shape -> HTML in
            "<symbol id=\"shape-\(shape.rawValue)\" viewBox=\"0 0 16 16\">\(shape.drawing)</symbol>"
        }
        return "<svg class=\"definitions\" width=\"0\" height=\"0\" aria-hidden=\"true\">\(symbols)</svg>"
    }

    /// `currentColor` for the form, and the page's own colour for what is cut out of it.
    private var drawing: HTML {
        switch self {
        case .current:
            """
            <circle cx="8" cy="8" r="7" fill="currentColor"/>
            <path d="M4.7 8.2 7 10.5l4.4-4.8" class="cut"/>
            """
        case .behind:
            """
            <circle cx="8" cy="8" r="6.1" class="line"/>
            <path d="M8 4.6V8l2.4 1.6" class="line"/>
            """
        case .problem:
            """
            <path d="M8 1.1 15.4 14.4H.6Z" fill="currentColor"/>
            <path d="M8 5.8v4.1M8 11.9v.4" class="cut"/>
            """
        case .silent:
            """
            <circle cx="8" cy="8" r="6.1" class="line dashed"/>
            <path d="M5 8h.1M8 8h.1M11 8h.1" class="line"/>
            """
        case .waived:
            """
            <path d="M8 1 15 8 8 15 1 8Z" class="line"/>
            <path d="M5.6 8h4.8" class="line"/>
            """
        case .hold:
            """
            <path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5Z" fill="currentColor"/>
            <path d="M6.2 5.2v5.6M9.8 5.2v5.6" class="cut"/>
            """
        case .working:
            """
            <circle cx="8" cy="8" r="6.1" class="line"/>
            <path d="M6.4 5.2 10.8 8l-4.4 2.8Z" fill="currentColor"/>
            """
        }
    }
}
