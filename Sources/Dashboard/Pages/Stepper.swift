import Rotation

/// The relay's phases, in their order, with the present one marked.
struct Stepper {
    private let user: StatusReport.User

    init(_ user: StatusReport.User) {
        self.user = user
    }

    private struct Step {
        let phases: Set<Phase>
        let title: String
        let detail: String
    }

    var html: HTML? {
        // A revocation waits for nobody: neither it nor what it leaves behind is a relay with steps done.
        guard user.new != nil, user.revocation == nil, !user.isCutOff else { return nil }
        let steps = self.steps
        // Steady is not a step on the way: all of them are done.
        let present = user.phase == .steady ? steps.count : steps.firstIndex { $0.phases.contains(user.phase) } ?? 0
        let items = steps.enumerated().map { index, step -> HTML in
            let (state, word): (String, String) =
                index < present ? ("done", "Done") : index == present ? ("present", "Now") : ("ahead", "Later")
            let current: HTML? = index == present ? " aria-current=\"step\"" : nil
            return """
                <li class="\(state)"\(current)><span class="mark">\(word)</span><span class="step">\(step.title)</span>\
                <small>\(step.detail)</small></li>
                """
        }
        return """
            <section class="relay" aria-labelledby="relay"><h2 id="relay" class="unseen">How far the rotation has come</h2>
            <ol class="stepper">\(items)</ol></section>
            """
    }

    private var steps: [Step] {
        switch user.retirement {
        case "scheduled":
            [published, both([.distributing, .settling]), switchedOff, deleted("the baton is handed over")]
        case "next-rotation":
            [published, both([.distributing, .settling, .observing]), deleted("when the next rotation begins")]
        default:
            [
                published, acknowledged,
                Step(phases: [.settling], title: "Old key quiet", detail: "nobody uses it any more"), switchedOff,
                deleted("the baton is handed over"),
            ]
        }
    }

    private var published: Step {
        let places = user.destinations
        return Step(
            phases: [.publishing], title: "Published",
            detail: places.isEmpty
                ? "to the parameter" : "\(places.count { $0.holdsNew }) of \(places.count) destinations have it")
    }

    private var acknowledged: Step { Step(phases: [.distributing], title: "Acknowledged", detail: progress("it")) }

    private var switchedOff: Step {
        Step(phases: [.observing], title: "Old key switched off", detail: "until the end of its grace period")
    }

    private func both(_ phases: Set<Phase>) -> Step {
        Step(phases: phases, title: "Both keys work", detail: progress("the new one"))
    }

    private func deleted(_ detail: String) -> Step {
        Step(phases: [.steady], title: "Old key deleted", detail: detail)
    }

    private func progress(_ what: String) -> String {
        let hosts = HostCount(user)
        return hosts.all == 0 ? "until every host has \(what)" : "\(hosts.holding) of \(hosts.all) hosts have \(what)"
    }
}
