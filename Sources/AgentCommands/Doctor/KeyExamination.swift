import Console
import CredentialsFile
import FoundationEssentials
import Handover
import Refresher
import Secrets

/// What the files and AWS say about one managed user: what a run would meet, without its changes.
struct KeyExamination {
    /// The separate identity that reads the parameter for a host whose own keys are all dead.
    struct Rendezvous {
        /// The file and the profile, as people call it.
        var place: String
        /// Throws, with what to do, when there is no key that can be used.
        var key: () throws -> AccessKey
    }

    /// What else is judged by what was seen here.
    struct Result {
        var findings: [Finding]
        /// Whose the keys are; nil where AWS did not say.
        var principal: Principal?
        /// Without those that could not be read.
        var places: [LongRunningProgram.Place]
    }

    var user: UserName
    var parameter: String
    /// Whose the keys must be: configured, or remembered from an earlier run.
    var expectedPrincipal: Principal?
    /// For the advice.
    var region: String
    var bucket: String
    /// Nil when this host has no name to check in under.
    var host: HostDescription?
    var targets: [any KeyTarget]
    /// Nil: no separate identity is configured.
    var rendezvous: Rendezvous?
    /// Nil when no request can be made.
    var services: (any ExaminedServices)?
    var now: @Sendable () -> Date

    func execute() async -> Result {
        let looks = targets.map(look)
        let places = looks.compactMap { look in
            look.content.map { content in
                LongRunningProgram.Place(
                    user: user, path: look.target.path, format: look.target.format, profile: look.target.profile,
                    keyID: content.key?.id.description)
            }
        }
        guard let services else {
            let findings = looks.map { judge($0, nil) } + [.unknown(.key, user.description, "AWS was not asked")]
            return Result(findings: findings, principal: nil, places: places)
        }
        var aws = AWSLook(services: services, held: distinct(looks.compactMap(\.content?.key)))
        let wayBack = await wayBack(services)
        aws.wayBack = wayBack?.key
        await identify(&aws)
        await readParameter(&aws)
        await judgeNew(&aws)
        var findings = looks.map { judge($0, aws.publication) } + looks.flatMap(\.warnings)
        if !looks.contains(where: { $0.content?.key != nil }) { findings.append(noKey(looks, aws)) }
        findings += aws.findings
        findings.append(await checkIn(looks, aws))
        if let wayBack { findings.append(await judge(wayBack, looks, aws)) }
        return Result(findings: findings, principal: aws.principal, places: places)
    }

    private func noKey(_ looks: [TargetLook], _ aws: AWSLook) -> Finding {
        if aws.wayBack != nil {
            return .ok(.key, user.description, "no target holds a key; the next run gets NEW by the rendezvous profile")
        }
        if looks.contains(where: { $0.content == nil }) {
            return .unknown(.key, user.description, "no key could be read from the targets")
        }
        return .problem(
            .unknownKey, .key, user.description, "no target holds a key to read \(parameter) with",
            mend: "put the user's current key there once: aws configure --profile "
                + (targets.first.map(\.profile).flatMap { $0.isEmpty ? nil : $0 } ?? "default"))
    }

    private func distinct(_ keys: [AccessKey]) -> [AccessKey] {
        keys.indices.filter { !keys[..<$0].contains(keys[$0]) }.map { keys[$0] }
    }
}

/// What AWS is asked by an examination.
protocol ExaminedServices: KeyServices {
    /// Writes the check-in if there is none of this name. Returns false when there is one: then nothing was changed.
    ///
    /// AWS judges the permission first, so that either answer proves it.
    func create(_ checkIn: SignedCheckIn, as name: String, with key: AccessKey) async throws(ServiceFailure) -> Bool
}

extension AWSKeyServices: ExaminedServices {}

/// What AWS has said so far.
struct AWSLook {
    let services: any ExaminedServices
    /// What the targets hold, in their order, each once.
    let held: [AccessKey]
    /// Those of them that AWS knows.
    var accepted: [AccessKey] = []
    var principal: Principal?
    /// The key of the separate identity, if it may read the parameter: with it a host comes back whose keys are dead.
    var wayBack: AccessKey?
    /// The key that could read the parameter.
    var reader: AccessKey?
    var publication: PublicationLook?
    var findings: [Finding] = []

    init(services: any ExaminedServices, held: [AccessKey]) {
        self.services = services
        self.held = held
    }
}

/// What the parameter publishes.
struct PublicationLook {
    let keys: PublishedKeys
    let version: Int
    /// The targets' keys that earlier versions published.
    let earlier: Set<AccessKeyID>
}
