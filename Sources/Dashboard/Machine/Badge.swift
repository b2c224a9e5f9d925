import Handover
import Rotation

/// A badge for a README or a wall: what it is about, how it stands, in words as well as in colour.
struct Badge: Hashable, Sendable {
    enum Tone: String {
        case good = "#1a7f37"
        case working = "#0969da"
        case bad = "#b42318"
        case unknown = "#57606a"
    }

    var label: String
    var message: String
    var tone: Tone

    /// Of all users.
    init(_ snapshot: Snapshot) {
        label = "access keys"
        let summary = Summary(snapshot)
        if !summary.fresh {
            (message, tone) = ("out of date", .unknown)
        } else if summary.attention > 0 {
            (message, tone) = ("\(summary.attention) of \(summary.users) need attention", .bad)
        } else if summary.rotating > 0 {
            (message, tone) = ("\(summary.rotating) rotating", .working)
        } else {
            (message, tone) = ("\(summary.current + summary.waived) of \(summary.hosts) hosts", .good)
        }
    }

    /// Of one of them.
    init(_ user: StatusReport.User, isFresh: Bool) {
        label = "key of \(user.user)"
        let (count, all) = user.acknowledged
        if !isFresh {
            (message, tone) = ("out of date", .unknown)
        } else if user.decision.kind == .hold {
            (message, tone) = ("hold", .bad)
        } else if user.revocation != nil {
            (message, tone) = ("key revoked", .bad)
        } else {
            message = "\(count) of \(all) hosts"
            tone = user.needsAttention ? .bad : user.phase == .steady && count == all ? .good : .working
        }
    }

    /// White on every tone has a contrast of 4.5 to 1 or more. Widths are forced by textLength, whatever the font.
    ///
    /// All that goes in is a constant, a number or a user's name, whose characters XML takes as they are.
    var svg: String {
        let (left, right) = (Self.width(label), Self.width(message))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(left + right)" height="20" role="img" \
            aria-label="\(label): \(message)"><title>\(label): \(message)</title>\
            <clipPath id="r"><rect width="\(left + right)" height="20" rx="3"/></clipPath><g clip-path="url(#r)">\
            <rect width="\(left)" height="20" fill="#444c56"/>\
            <rect x="\(left)" width="\(right)" height="20" fill="\(tone.rawValue)"/></g>\
            <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">\
            <text x="6" y="14" textLength="\(left - 12)">\(label)</text>\
            <text x="\(left + 6)" y="14" textLength="\(right - 12)">\(message)</text></g></svg>

            """
    }

    private static func width(_ text: String) -> Int { text.count * 13 / 2 + 12 }
}
