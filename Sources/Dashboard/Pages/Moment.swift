package import FoundationEssentials

/// A point in time as people read it: how long ago, with the date itself beside it.
package struct Moment: Hashable, Sendable {
    private let date: Date
    private let now: Date

    package init(_ date: Date, now: Date) {
        self.date = date
        self.now = now
    }

    /// The script goes on counting from `datetime`, by the same rule.
    package var html: HTML {
        "<time datetime=\"\(date.formatted(.iso8601))\" title=\"\(absolute)\">\(relative)</time>"
    }

    /// `2026-11-21 14:02 UTC`: the server does not know where its reader lives.
    package var absolute: String {
        "\(date.formatted(.iso8601).prefix(16).split(separator: "T").joined(separator: " ")) UTC"
    }

    /// `3 h ago`, `in 13 d`: the largest unit, rounded.
    package var relative: String {
        let seconds = Int(date.timeIntervalSince(now).rounded())
        guard seconds.magnitude >= 60 else { return seconds > 0 ? "in a moment" : "just now" }
        return seconds > 0 ? "in \(Self.length(seconds))" : "\(Self.length(seconds)) ago"
    }

    /// `13 d`: an age, without its direction.
    package static func length(_ seconds: Int) -> String {
        for (unit, letter, from) in [(86_400, "d", 172_800), (3600, "h", 5400), (60, "min", 0)]
        where seconds.magnitude >= from {
            return "\((Int(seconds.magnitude) + unit / 2) / unit) \(letter)"
        }
        return "0 min"
    }
}
