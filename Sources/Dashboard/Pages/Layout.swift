import FoundationEssentials
import Rotation

/// What stands around the content of every page.
struct Layout {
    let title: String
    let icon: Icon
    let links: Links
    /// Nil on pages that say nothing of the world, such as an error's.
    let freshness: Freshness?

    func page(_ content: HTML) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="en"\(attributes)>
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <title>\(title)</title>
        <link rel="icon" type="image/svg+xml" href="\(links.asset(icon.asset))">
        <link rel="stylesheet" href="\(links.asset(.style))">
        <script src="\(links.asset(.script))" defer></script>
        </head>
        <body>
        \(Shape.definitions)
        <header class="top">
        <a class="skip" href="#main">Skip to the content</a>
        <a class="brand" href="\(links.overview())"><svg class="baton" viewBox="4 4 24 24" fill="none" aria-hidden="true">\
        \(Baton.drawing)</svg>Keybaton</a>
        \(freshness.map(age))
        <p id="trouble" class="notice" role="status" hidden></p>
        </header>
        <main id="main" tabindex="-1">
        \(content)
        </main>
        <footer class="bottom">
        <p>This page changes nothing and holds no secret. Keys are rotated by <code>keybaton run</code>.</p>
        </footer>
        </body>
        </html>

        """
    }

    private var attributes: HTML {
        guard let freshness else { return .nothing }
        let live: HTML? = links.site == .served ? " data-live" : nil
        return " data-now=\"\(freshness.asOf.formatted(.iso8601))\"\(live)"
    }

    private func age(_ freshness: Freshness) -> HTML {
        let read: HTML =
            freshness.readAt.map { "Read \(Moment($0, now: freshness.asOf).html)" } ?? "Not read completely so far"
        let reload: HTML? = links.site == .served ? " <a class=\"reload\" href=\"\">Reload</a>" : nil
        return "<p id=\"freshness\">\(read)\(reload)</p>"
    }
}

/// What has gone wrong with the reading itself: what is shown is the last that is known.
struct StaleNotice {
    let freshness: Freshness
    /// Nil: of everybody.
    var user: Freshness.User?

    var html: HTML? {
        guard let sentence else { return nil }
        return "<p class=\"notice\" id=\"stale\">\(Shape.problem.html) <span>\(HTML(prose: sentence))</span></p>"
    }

    private var sentence: String? {
        if let problem = freshness.problem {
            let since = freshness.readAt.map { " since \(Moment($0, now: freshness.asOf).absolute)" } ?? ""
            return "The bucket cannot be read\(since): \(problem). What follows is the last that is known."
        }
        if let problem = user?.problem {
            return "This user's part of the bucket cannot be read: \(problem). What follows is the last that is known."
        }
        if let user {
            guard let viewedAt = user.viewedAt, viewedAt < freshness.asOf - Freshness.rotatorPatience else {
                return nil
            }
            return
                "The rotator has not looked since \(Moment(viewedAt, now: freshness.asOf).absolute): see whether the "
                + "timer that calls `keybaton run` works."
        }
        let failing = freshness.users.filter { $0.value.problem != nil }.keys.sorted()
        if let first = failing.first, let problem = freshness.users[first]?.problem {
            let who = failing.count == 1 ? "of \(first)" : "of \(first) and \(failing.count - 1) more"
            return "The part \(who) cannot be read: \(problem). What follows is the last that is known."
        }
        let abandoned = freshness.abandoned
        guard let first = abandoned.first else { return nil }
        let whom = abandoned.count == 1 ? "at \(first)" : "at \(first) and \(abandoned.count - 1) more"
        return
            "The rotator has not looked \(whom) for more than a day: see whether the timer that calls `keybaton run` works."
    }
}
