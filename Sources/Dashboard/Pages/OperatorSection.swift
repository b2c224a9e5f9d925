import Handover
import Rotation

/// Ready-made command lines for what a person can do now. The page itself changes nothing.
struct OperatorSection {
    let user: StatusReport.User

    private struct Offer {
        let title: String
        let effect: String
        let command: CommandLine
    }

    var html: HTML {
        let items = offers.map { offer -> HTML in
            "<li><h3>\(offer.title)</h3><p>\(offer.effect)</p>\(offer.command.html)</li>"
        }
        return """
            <section aria-labelledby="commands"><h2 id="commands">What you can do</h2>
            <ul class="offers">\(items)</ul></section>
            """
    }

    private var offers: [Offer] {
        let name = user.user
        var offers: [Offer] = []
        // The rotator refuses everything else until a revocation has ended.
        if user.revocation != nil {
            return [
                Offer(
                    title: "Carry the revocation on", effect: "Takes the next steps now, as the timer does.",
                    command: CommandLine("run", name)),
                plan,
            ]
        }
        switch user.phase {
        case .steady:
            offers.append(
                Offer(
                    title: "Rotate now", effect: "A new key is made and published; the present one goes on working.",
                    command: CommandLine("rotate", name)))
            if let host = HostCount(user).missing.first { offers.append(retire(host)) }
        case .publishing, .distributing:
            offers.append(
                Offer(
                    title: "Wait for the hosts", effect: "Returns when every host holds the new key: for scripts.",
                    command: CommandLine("wait", name)))
            if let host = HostCount(user).missing.first {
                offers.append(
                    Offer(
                        title: "Do not wait for \(host)",
                        effect: "In this rotation only; it may lose access when the old key goes. Needs a reason.",
                        command: CommandLine("waive", name, options: ["--host", "\(host)"], ["--reason", ""])))
                offers.append(retire(host))
            }
        case .settling:
            offers.append(
                Offer(
                    title: "Stop waiting for silence",
                    effect: "Whatever still uses the old key loses access when it is switched off. Needs a reason.",
                    command: CommandLine("waive", name, options: ["--unknown-use"], ["--reason", ""])))
        case .observing:
            offers.append(
                Offer(
                    title: "Bring the old key back",
                    effect: "It works again at once, until every host has checked in with the new one since.",
                    command: CommandLine("reactivate", name)))
        }
        if user.phase != .steady, let old = user.old, old.status != "deleted" {
            offers.append(
                Offer(
                    title: "Roll back",
                    effect:
                        "The old key becomes the one to move to again; the new one works until every host has moved back.",
                    command: CommandLine("rollback", name)))
        }
        if let new = user.new {
            offers.append(
                Offer(
                    title: "The new key has leaked",
                    effect: "Says what would break, and what to type then; changes nothing.",
                    command: CommandLine("revoke", name, options: ["--key", "\(new.id)"])))
        }
        offers.append(plan)
        return offers
    }

    private var plan: Offer {
        Offer(
            title: "See what the rotator would do", effect: "Changes nothing.", command: CommandLine("plan", user.user))
    }

    private func retire(_ host: HostID) -> Offer {
        Offer(
            title: "\(host) will never come back", effect: "It is not expected any more. Needs a reason.",
            command: CommandLine("retire", host, user.user, options: ["--reason", ""]))
    }
}
