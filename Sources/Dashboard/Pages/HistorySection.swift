import FoundationEssentials
import Handover
import Rotation

/// What was decided by people, and what happened.
struct HistorySection {
    let user: StatusReport.User
    let now: Date

    var html: HTML { "\(waivers)\(history)" }

    private var waivers: HTML? {
        guard let waivers = user.waivers, !waivers.isEmpty else { return nil }
        let items = waivers.map { waiver -> HTML in
            let subject: HTML =
                switch waiver.subject {
                case .host(let host): "<b>\(host)</b> is not waited for"
                case .unknownUse: "<b>Use of the old key</b> is not waited out"
                }
            return """
                <li>\(Shape.waived.html)<p>\(subject): “\(waiver.reason)” <small>\(waiver.by), \
                \(Moment(waiver.at, now: now).html)</small></p></li>
                """
        }
        return """
            <section aria-labelledby="waivers"><h2 id="waivers">Waived in this rotation</h2>
            <ul class="waivers">\(items)</ul></section>
            """
    }

    private var history: HTML? {
        guard let history = user.history, !history.isEmpty else { return nil }
        // The newest matters most; the journal begins with the oldest.
        let items = history.reversed().map { event -> HTML in
            "<li>\(Moment(event.at, now: now).html)<p>\(HTML(prose: event.what)) <small>\(event.by)</small></p></li>"
        }
        return """
            <section aria-labelledby="history"><h2 id="history">History</h2>
            <ol class="history" reversed>\(items)</ol></section>
            """
    }
}
