import FoundationEssentials
import Rotation

/// Where else the key goes, and who could not be told of it.
struct DeliverySection {
    let user: StatusReport.User
    let now: Date

    var html: HTML { "\(destinations)\(undelivered)" }

    private var destinations: HTML? {
        guard !user.destinations.isEmpty else { return nil }
        let rows = user.destinations.map { destination -> HTML in
            let (shape, word): (Shape, String) =
                destination.problem != nil
                ? (.problem, "Failing")
                : destination.holdsNew ? (.current, "Holds the new key") : (.behind, "Waits for it")
            return """
                <tr><th scope="row" class="name">\(destination.name)</th>\
                <td data-label="State"><span class="state">\(shape.html) \(word)</span></td>\
                <td data-label="Problem" class="report">\(destination.problem.map { HTML(prose: $0) })</td></tr>

                """
        }
        return """
            <section aria-labelledby="destinations"><h2 id="destinations">Destinations</h2>
            <table class="destinations"><caption class="unseen">Destinations of \(user.user)</caption>
            <thead><tr><th scope="col">Destination</th><th scope="col">State</th><th scope="col">Problem</th></tr></thead>
            <tbody>\(rows)</tbody></table></section>
            """
    }

    private var undelivered: HTML? {
        guard let undelivered = user.undelivered, !undelivered.isEmpty else { return nil }
        let items = undelivered.map { notice -> HTML in
            """
            <li>\(Shape.problem.html)<p><b>\(notice.event)</b> to \(notice.notifier), since \
            \(Moment(notice.since, now: now).html)\(notice.isTriedAgain == false ? ", and not sent any more" : ""): \
            \(HTML(prose: notice.problem))</p></li>
            """
        }
        let isTriedAgain = undelivered.contains { $0.isTriedAgain != false }
        let rest: HTML = isTriedAgain ? "<p>What is not given up is sent again with every run, for a week.</p>" : ""
        return """
            <section class="attention" aria-labelledby="undelivered"><h2 id="undelivered">Notifications that did not arrive</h2>
            <ul>\(items)</ul>\(rest)</section>
            """
    }
}
