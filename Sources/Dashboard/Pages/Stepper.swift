import FoundationEssentials
import Rotation

/// The relay's phases, in their order, with the present one marked.
struct Stepper {
    private let user: StatusReport.User
    private let now: Date

    init(_ user: StatusReport.User, now: Date) {
        self.user = user
        self.now = now
    }

    private struct Step {
        let phase: Phase
        let title: String
        let detail: String
    }

    var html: HTML? {
        guard user.new != nil else { return nil }
        let steps = self.steps
        // Steady is not a step on the way: all of them are done.
        let present = steps.firstIndex { $0.phase == user.phase } ?? steps.count
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
        let hosts = HostCount(user)
        let places = user.destinations
        return [
            Step(
                phase: .publishing, title: "Published",
                detail: places.isEmpty
                    ? "to the parameter" : "\(places.count { $0.holdsNew }) of \(places.count) destinations have it"),
            Step(
                phase: .distributing, title: "Acknowledged",
                detail: hosts.all == 0 ? "by every host" : "\(hosts.holding) of \(hosts.all) hosts have it"),
            Step(phase: .settling, title: "Old key quiet", detail: "nobody uses it any more"),
            Step(phase: .observing, title: "Old key switched off", detail: "and can be brought back"),
            Step(phase: .steady, title: "Old key deleted", detail: "the baton is handed over"),
        ]
    }
}
