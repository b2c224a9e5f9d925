package import Rotation

/// What every page, answer and file is made from: a pure function of it, so that one reading serves all viewers.
package struct Snapshot: Hashable, Sendable {
    package var report: StatusReport
    package var freshness: Freshness

    package init(report: StatusReport, freshness: Freshness) {
        self.report = report
        self.freshness = freshness
    }
}
