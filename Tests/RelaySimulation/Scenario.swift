import Rotation

/// Which disturbances a search may use, and how many of each: the scenarios of the protocol's explicit-state model, and
/// those that its search of the real code asked for.
package struct Scenario: Sendable {
    package var name: String
    package var rotators = 1
    package var rotations = 1
    /// One is enough where the hosts are not what is looked at.
    var hosts = 2
    package var budget: Budget
    /// More than a million states: too long for every day.
    package var isLarge = false
    /// Host 2 was declared and never checked in.
    var newborn = false
    /// No host is declared: all were discovered by their check-ins.
    var discoveredOnly = false
    /// Rotator 2 runs with an older configuration, without host 2.
    var olderConfiguration = false
    /// What each rotator's configuration says, in turn.
    var retirements: [Retirement] = [.acknowledged]
    /// Whether each destination can only be written.
    var destinations: [Bool] = []
    /// Rotator 2 runs with an older configuration, without the last destination.
    var olderDestinations = false
    /// Host 1 has a second target.
    var twoTargets = false
    /// Host 2 runs the shell script.
    var legacyHost = false

    /// A search ends well only if a rotation can still come to its end from every state.
    package static let all: [Scenario] = [
        Scenario("lost-reply", Budget(lost: 1)),
        Scenario("two-rotators", rotators: 2, Budget(crash: 1)),
        Scenario(large: "two-rotators-deep", rotators: 2, Budget(crash: 2, lost: 1)),
        Scenario(large: "rollback", rotators: 2, Budget(hostCrash: 1, operation: 1)),
        Scenario(large: "rollback-twice", Budget(operation: 2, delay: 1)),
        Scenario(large: "waive-rollback", Budget(operation: 2, waive: 1)),
        Scenario("host-crash-rollback", Budget(hostCrash: 1, operation: 1)),
        Scenario("revert", Budget(revert: 1, operation: 1)),
        Scenario("revert-console", Budget(revert: 1, console: 1)),
        Scenario("revert-console-crash", Budget(crash: 1, revert: 1, console: 1)),
        Scenario("rollback-stale", Budget(operation: 1, stale: 1)),
        Scenario("stale", Budget(crash: 1, stale: 1)),
        Scenario("foreign", Budget(crash: 1, lost: 1, foreign: 1)),
        Scenario("expire", Budget(expire: 1)) { $0.discoveredOnly = true },
        Scenario("cfgdrift", rotators: 2, Budget()) {
            $0.olderConfiguration = true
            $0.newborn = true
        },
        Scenario("destination", Budget(crash: 1)) { $0.destinations = [false] },
        Scenario(large: "everything-1", Budget(crash: 1, hostCrash: 1, lost: 1, operation: 1, waive: 1, stale: 1)),
        Scenario(large: "everything-2", rotators: 2, Budget(crash: 1, hostCrash: 1, operation: 1)),
        Scenario("journal-lost", Budget(crash: 1, hostCrash: 1, journalLost: 1)),
        Scenario(large: "journal-lost-revert", Budget(revert: 1, operation: 1, journalLost: 1)),
        Scenario("two-rotators-stale", rotators: 2, Budget(crash: 1, stale: 1)),
        Scenario(large: "destination-two", rotators: 2, Budget(operation: 1)) { $0.destinations = [false] },
        Scenario("destinations-failing", Budget(outage: 1)) {
            $0.hosts = 1
            $0.destinations = [false, true]
        },
        Scenario("destination-overwritten", Budget(overwrite: 1)) {
            $0.hosts = 1
            $0.destinations = [true]
        },
        Scenario("destination-uncertain", Budget(lost: 1)) {
            $0.hosts = 1
            $0.destinations = [true]
        },
        Scenario("destination-torn", Budget(operation: 1, outage: 1)) {
            $0.hosts = 1
            $0.destinations = [false]
        },
        Scenario("destination-older", rotators: 2, Budget()) {
            $0.hosts = 1
            $0.destinations = [true]
            $0.olderDestinations = true
        },
        Scenario(large: "destinations-outages", Budget(crash: 1, outage: 2)) {
            $0.hosts = 1
            $0.destinations = [false, true]
        },
        Scenario(large: "destinations-rollback", Budget(lost: 1, operation: 1, overwrite: 1)) {
            $0.destinations = [false, true]
        },
        Scenario("scheduled", Budget(crash: 1)) { $0.retirements = [.scheduled] },
        Scenario("scheduled-destination", Budget(outage: 1)) {
            $0.hosts = 1
            $0.retirements = [.scheduled]
            $0.destinations = [true]
        },
        Scenario(large: "scheduled-everything", Budget(crash: 1, lost: 1, operation: 1, stale: 1)) {
            $0.retirements = [.scheduled]
        },
        Scenario("next-rotation", rotations: 2, Budget(crash: 1)) { $0.retirements = [.nextRotation] },
        Scenario("next-rotation-destination", rotations: 2, Budget(overwrite: 1)) {
            $0.hosts = 1
            $0.retirements = [.nextRotation]
            $0.destinations = [true]
        },
        Scenario(large: "next-rotation-everything", rotations: 2, Budget(crash: 1, lost: 1, operation: 1, stale: 1)) {
            $0.retirements = [.nextRotation]
        },
        Scenario(large: "acknowledged-or-scheduled", rotators: 2, Budget(operation: 1)) {
            $0.retirements = [.acknowledged, .scheduled]
        },
        Scenario(large: "acknowledged-or-next-rotation", rotators: 2, rotations: 2, Budget(crash: 1)) {
            $0.retirements = [.acknowledged, .nextRotation]
        },
        Scenario(large: "scheduled-or-next-rotation", rotators: 2, rotations: 2, Budget(operation: 1)) {
            $0.retirements = [.scheduled, .nextRotation]
        },
        Scenario("revoke", Budget(revoke: 1)) { $0.hosts = 1 },
        Scenario("revoke-crash", Budget(crash: 1, revoke: 1)) { $0.hosts = 1 },
        Scenario("revoke-stranger", Budget(foreign: 1, revoke: 1)) { $0.hosts = 1 },
        Scenario("revoke-destination", Budget(revoke: 1)) {
            $0.hosts = 1
            $0.destinations = [true]
        },
        Scenario(large: "revoke-outage", Budget(outage: 1, revoke: 1)) {
            $0.hosts = 1
            $0.destinations = [false, true]
        },
        Scenario(large: "revoke-hosts", Budget(revoke: 1)),
        Scenario(large: "revoke-lost", Budget(lost: 1, stale: 1, revoke: 1)),
        Scenario(large: "revoke-two", rotators: 2, Budget(revoke: 1)),
        Scenario(large: "revoke-everything", Budget(crash: 1, operation: 1, revoke: 2)),
        Scenario("retire-host", Budget(retire: 1)),
        Scenario(large: "retire-host-delayed", Budget(operation: 1, delay: 1, retire: 1)),
        Scenario("two-targets", Budget(hostCrash: 1, unwritable: 1)) { $0.twoTargets = true },
        Scenario("legacy-host", Budget(crash: 1)) { $0.legacyHost = true },
        Scenario("two-rotations", rotations: 2, Budget(crash: 1, hostCrash: 1)),
    ]

    init(
        large name: String, rotators: Int = 1, rotations: Int = 1, _ budget: Budget,
        with change: (inout Scenario) -> Void = { _ in }
    ) {
        self.init(name, rotators: rotators, rotations: rotations, budget, with: change)
        isLarge = true
    }

    init(
        _ name: String, rotators: Int = 1, rotations: Int = 1, _ budget: Budget,
        with change: (inout Scenario) -> Void = { _ in }
    ) {
        self.name = name
        self.rotators = rotators
        self.rotations = rotations
        self.budget = budget
        change(&self)
    }
}

/// How many of each disturbance are left.
package struct Budget: Hashable, Sendable {
    var crash: UInt8 = 0
    var hostCrash: UInt8 = 0
    /// An effect takes place, and nobody hears of it.
    var lost: UInt8 = 0
    /// Another program puts OLD back.
    var revert: UInt8 = 0
    /// An operator rolls back or reactivates.
    var operation: UInt8 = 0
    /// A check-in that arrives late.
    var delay: UInt8 = 0
    var foreign: UInt8 = 0
    var console: UInt8 = 0
    var expire: UInt8 = 0
    var waive: UInt8 = 0
    /// Not spent: whether reads may be stale at all.
    var stale: UInt8 = 0
    var journalLost: UInt8 = 0
    var unwritable: UInt8 = 0
    /// A destination fails, for any time.
    var outage: UInt8 = 0
    /// Somebody puts OLD back into a destination.
    var overwrite: UInt8 = 0
    /// An operator revokes a key.
    var revoke: UInt8 = 0
    /// An operator retires a host.
    var retire: UInt8 = 0
}

/// A rule of the protocol that is taken away, by lying to the planner and the driver about just what the rule reads or by
/// tampering with what they ask for: the product has no switch for it.
package enum Rule: String, CaseIterable, Sendable {
    case own412, nodelown, fence, ver, srvtime, react, sticky, wvpub, usedchk, paramfst, keepint, settle
    case jbirth, proveold, destread, worst, legacy, graceend
    /// A destination that fails holds OLD back.
    case failgate
    /// One that is fed and not configured holds OLD back.
    case fedknown
    /// A destination whose feeding broke off is fed again, whatever it shows.
    case halffed
    /// A revoked key is seen dead before the next one is published.
    case provedead
    /// The journal names the revocation, and nothing else is decided meanwhile.
    case revjrn
    /// What a retired host says after that brings it back.
    case retdate
}

/// Which rules' absence a scenario exposes: two of them where each makes up for the other.
package let ablations: [(scenario: Scenario, without: Set<Rule>)] =
    ([
        ("lost-reply", [.own412, .nodelown]),
        ("two-rotators", [.nodelown]),
        ("two-rotators", [.fence]),
        ("two-rotators-deep", [.fence]),
        ("rollback", [.fence]),
        ("rollback-twice", [.ver]),
        ("revert", [.srvtime]),
        ("revert", [.react]),
        ("revert-console", [.react]),
        ("expire", [.sticky]),
        ("cfgdrift", [.sticky]),
        ("waive-rollback", [.wvpub]),
        ("foreign", [.usedchk]),
        ("destination", [.paramfst]),
        ("destination-two", [.destread, .halffed]),
        ("two-rotators", [.keepint]),
        ("stale", [.settle]),
        ("rollback-stale", [.proveold]),
        ("host-crash-rollback", [.ver, .srvtime]),
        ("journal-lost-revert", [.jbirth]),
        ("revert", [.graceend]),
        ("two-targets", [.worst]),
        ("legacy-host", [.legacy]),
        ("destination-overwritten", [.destread]),
        ("destinations-failing", [.failgate]),
        ("destination-older", [.fedknown]),
        ("destination-torn", [.halffed]),
        ("next-rotation-destination", [.destread]),
        ("revoke", [.provedead]),
        ("revoke", [.revjrn]),
        ("retire-host", [.retdate]),
    ] as [(String, Set<Rule>)]).map { name, rules in
        guard let scenario = Scenario.all.first(where: { $0.name == name }) else {
            preconditionFailure("no scenario is called \(name)")
        }
        return (scenario, rules)
    }
