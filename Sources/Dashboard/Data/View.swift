import FoundationEssentials
import Handover
import Rotation

/// The rotator's last look at one user, as it left it in the bucket, fit to be shown.
struct View: Hashable, Sendable {
    var user: StatusReport.User
    /// On AWS's clock.
    var at: Date

    /// Why a view is not shown.
    struct Unusable: Error, CustomStringConvertible {
        var description: String
    }

    init(_ object: ReadObject, of user: UserName, limits: Limits) throws(Unusable) {
        guard case .body(let body, _) = object else {
            throw Unusable(description: "the rotator's view is larger than \(limits.view) bytes")
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        // The schema by itself first: another one may lack the fields of this one.
        guard let schema = try? decoder.decode(Schema.self, from: Data(body)).schema else {
            throw Unusable(description: "the rotator's view is not what a rotator writes: run `keybaton run`")
        }
        guard schema == StatusReport.schema else {
            throw Unusable(description: "the rotator's view has schema \(schema): update this dashboard")
        }
        guard let report = try? decoder.decode(StatusReport.self, from: Data(body)), report.users.count == 1,
            var found = report.users.first, found.user == user
        else {
            throw Unusable(description: "the rotator's view is not what a rotator writes: run `keybaton run`")
        }
        found.clean(limits)
        self.user = found
        at = report.generatedAt
    }

    private struct Schema: Decodable {
        var schema: Int
    }
}

extension StatusReport.User {
    /// Texts come from hosts, forges and operators by way of the bucket.
    fileprivate mutating func clean(_ limits: Limits) {
        hosts = Dictionary(hosts.prefix(limits.hosts).map { ($0.host, $0) }) { first, _ in first }.values
            .sorted { $0.host < $1.host }
        for index in hosts.indices {
            hosts[index].problem = hosts[index].problem?.shown(limits)
            // Told again by the dashboard's own reading.
            hosts[index].details = nil
        }
        old = old.map {
            .init(
                id: $0.id, status: $0.status.shown(limits),
                lastUsed: $0.lastUsed.map {
                    .init(at: $0.at, service: $0.service.shown(limits), region: $0.region.shown(limits))
                })
        }
        destinations = destinations.prefix(limits.hosts).map {
            .init(name: $0.name.shown(limits), holdsNew: $0.holdsNew, problem: $0.problem?.shown(limits))
        }
        decision.action = decision.action?.shown(limits)
        // It may name every host that is waited for.
        var wide = limits
        wide.text *= 8
        decision.reason = decision.reason.shown(wide)
        retirement = retirement?.shown(limits)
        upcoming = upcoming?.prefix(16).map { .init(step: $0.step.shown(limits), at: $0.at) }
        waivers = waivers?.prefix(limits.hosts).map {
            var waiver = $0
            waiver.reason = waiver.reason.shown(limits)
            waiver.by = waiver.by.shown(limits)
            return waiver
        }
        history = history?.suffix(StatusReport.historyLimit).map {
            var event = $0
            event.by = event.by.shown(limits)
            event.what = event.what.shown(wide)
            return event
        }
        revocation = revocation.map {
            .init(keys: Array($0.keys.prefix(16)), reason: $0.reason.shown(limits), by: $0.by.shown(limits))
        }
        undelivered = undelivered?.prefix(64).map {
            .init(
                notifier: $0.notifier.shown(limits), event: $0.event.shown(limits), problem: $0.problem.shown(limits),
                since: $0.since, isTriedAgain: $0.isTriedAgain)
        }
    }
}
