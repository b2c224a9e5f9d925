extension String {
    /// Fit for one line: control and direction characters, which a host's text may carry, become spaces.
    ///
    /// - Parameter limit: in bytes of UTF-8; what is longer ends in `…`.
    func onOneLine(limit: Int) -> String {
        String(UnicodeScalarView(unicodeScalars.map { $0.isHarmless ? $0 : " " })).cut(to: limit)
    }

    /// As many whole characters as fit into so many bytes of UTF-8, with `…` in place of the rest.
    func cut(to limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var size = "…".utf8.count
        let kept = prefix { character in
            size += character.utf8.count
            return size <= limit
        }
        return kept + "…"
    }
}

extension Unicode.Scalar {
    fileprivate var isHarmless: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
