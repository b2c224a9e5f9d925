import Handover

@testable import Rotation

/// Traces in words.
extension Simulation {
    func describe(_ move: Move, in world: World) -> String {
        switch move {
        case .rotator(let index, let move): "rotator \(index + 1) \(describe(move, by: world.rotators[index]))"
        case .hostReads(let host):
            "host \(host + 1) reads version \(world.versions.count) with key \(world.hosts[host].file): "
                + world.versions[world.versions.count - 1].description
        case .hostInstalls(let host): "host \(host + 1) proves NEW and edits its first target"
        case .hostInstallsSecond(let host): "host \(host + 1) edits its second target"
        case .hostCannotWriteSecond(let host): "host \(host + 1) cannot write its second target"
        case .hostChecksIn(let host): "host \(host + 1) checks in, holding key \(world.hosts[host].file)"
        case .hostCheckInIsDelayed(let host): "host \(host + 1) sends a check-in that the network delays"
        case .delayedCheckInArrives(let host): "the delayed check-in of host \(host + 1) arrives"
        case .hostCrashes(let host): "host \(host + 1) crashes or goes to sleep"
        case .keyPutBack(let host, let key): "another program puts key \(key) back on host \(host + 1)"
        case .checkInsExpire(let host): "a lifecycle rule expires the check-ins of host \(host + 1)"
        case .personMakesKey: "a person makes a key in the console and uses it"
        case .personReactivates(let key): "a person reactivates key \(key) in the console"
        case .leaseRunsOut: "the lease runs out"
        case .journalIsLost: "the journal is lost"
        case .destinationFails(let index): "\(World.destinationNames[index]) fails"
        case .destinationRecovers(let index): "\(World.destinationNames[index]) works again"
        case .destinationOverwritten(let index, let key):
            "somebody puts key \(key) back into \(World.destinationNames[index])"
        case .keyDies(let key): "all of AWS knows that key \(key) is not active"
        case .graceEnds: "the grace period ends"
        case .everythingSettles: "IAM and the Parameter Store settle"
        case .timePasses(let seconds): "\(seconds) seconds pass"
        }
    }

    private func describe(_ move: Move.RotatorMove, by rotator: World.Rotator) -> String {
        switch move {
        case .start(let request): "starts (\(request)) and reads the journal"
        case .perform(let look): describe(rotator.pass) + (look == .fresh ? "" : " (\(look))")
        case .loseAnswer: describe(rotator.pass) + ", and the answer is lost"
        case .crash: "crashes before it \(describe(rotator.pass))"
        case .deleteOwnKey: "deletes key \(rotator.made), which it made"
        }
    }

    private func describe(_ pass: Pass?) -> String {
        switch pass?.effect {
        case .readJournal: "reads the journal"
        case .observe: "observes and decides"
        case .writeJournal:
            switch pass?.stage {
            case .writing(let write): "journals \(write.purpose)"
            default: "writes the journal"
            }
        case .createKey: "creates a key"
        case .setStatus(let id, let active, _): "makes key \(World.number(of: id)) \(active ? "active" : "inactive")"
        case .deleteKey(let id, _): "deletes key \(World.number(of: id))"
        case .prove(let id): "proves key \(World.number(of: id))"
        case .proveDead(let id): "asks AWS whether key \(World.number(of: id)) is dead"
        case .publish(let ids, _): "publishes NEW=\(World.number(of: ids.new)) OLD=\(ids.old.map(World.number) ?? 0)"
        case .republish(let version, _): "publishes version \(version) again"
        case .feed(let name, let id): "feeds \(name) key \(World.number(of: id))"
        case nil: "stops"
        }
    }
}

extension World.Pair: CustomStringConvertible {
    var description: String { "NEW=\(new) OLD=\(old)" }
}

extension World: CustomStringConvertible {
    var description: String {
        let iam = (1...Self.keyCount).filter { status[$0] != .neverMade }.map { "\($0):\(status[$0])" }
        let hosts = hosts.enumerated().map { index, host in
            "host \(index + 1) holds \(host.file)\(host.second == 0 ? "" : "+\(host.second)"), check-ins "
                + host.checkIns.map { "\($0.key)@\($0.version)" }.joined(separator: " ")
        }
        let state =
            "current \(currentKey)@\(journal?.current?.version ?? 0), previous \(previousKey)"
            + " (\(journal?.previous.map { "\($0.state)" } ?? "-")), reactivated \(journal?.reactivatedAt != nil), "
            + "revocation \(journal?.revocation.map { $0.keys.map { "\(World.number(of: $0.id)) \($0.state)" }.description } ?? "-"), "
            + "fed \(journal?.fed.sorted { $0.key < $1.key }.map { "\($0.key)=\(World.number(of: $0.value))" }.joined(separator: " ") ?? ""), "
            + "unresolved \(journal?.unresolved.map { "\($0.kind)" } ?? "-"), lease \(journal?.lease != nil)"
        return "IAM \(iam.joined(separator: " ")); parameter v\(versions.count) \(versions[versions.count - 1]); "
            + "journal \(state); " + hosts.joined(separator: "; ") + "; destinations "
            + destinations.map { "\($0.key)\($0.isFailing ? " failing" : "")" }.joined(separator: ", ")
    }
}
