import FoundationEssentials
import Handover
import Secrets

/// What the parameter says; without `keys`, a problem says why.
struct Publication {
    var keys: PublishedKeys?
    var version: Int?
    var publishedAt: Date?
    /// A key that AWS accepts, whether or not it may read the parameter.
    var reader: Reader?
    var problems: [CheckIn.Problem] = []
}

/// A key that AWS accepts.
struct Reader {
    let key: AccessKey
    /// That of the separate identity, not one of the managed user's.
    var isRendezvous = false
}

extension RefreshRun {
    /// Reads the parameter with the first of the targets' keys that works, or else with the rendezvous key.
    func readPublication(with looks: [TargetLook]) async -> Publication {
        let held = looks.compactMap(\.content?.key)
        var attempts = Attempts()
        for (index, key) in held.enumerated() where !held[..<index].contains(key) {
            if let publication = await read(with: Reader(key: key), &attempts) { return publication }
        }
        let problem = attempts.denial ?? attempts.refusal.map(keysRefused) ?? noKey(looks)
        guard let rendezvousKey else { return Publication(reader: attempts.accepted, problems: [problem]) }
        var last = Attempts()
        let help: String
        do {
            if let publication = await read(with: Reader(key: try rendezvousKey(), isRendezvous: true), &last) {
                return publication
            }
            help = last.denial?.message ?? last.refusal.map { "\($0)" } ?? ""
        } catch {
            help = "\(error)"
        }
        return Publication(
            reader: attempts.accepted ?? last.accepted,
            problems: [
                CheckIn.Problem(
                    code: problem.code, message: "\(problem.message). The rendezvous profile did not help: \(help)")
            ])
    }

    /// What became of the keys tried so far.
    private struct Attempts {
        var accepted: Reader?
        var denial: CheckIn.Problem?
        var refusal: ServiceFailure?
    }

    /// Nil when another key may do better.
    private func read(with reader: Reader, _ attempts: inout Attempts) async -> Publication? {
        do throws(ServiceFailure) {
            return understand(try await services.parameter(parameter, version: nil, with: reader.key), reader)
        } catch {
            switch error.kind {
            case .keyNotAccepted, .wrongSecret:
                attempts.refusal = error
                return nil
            // Another target's key may be that of the right user.
            case .accessDenied:
                attempts.accepted = attempts.accepted ?? reader
                attempts.denial = attempts.denial ?? problem(of: error)
                return nil
            case .notFound:
                let problem = CheckIn.Problem(
                    .parameterMissing,
                    "there is no parameter \(parameter); check `parameter` and `region`, or publish the key with "
                        + "`keybaton init`")
                return Publication(reader: reader, problems: [problem])
            case .unavailable, .clock, .refused: return Publication(problems: [problem(of: error)])
            }
        }
    }

    private func understand(_ read: ParameterVersion, _ reader: Reader) -> Publication {
        var publication = Publication(version: read.number, publishedAt: read.writtenAt, reader: reader)
        do {
            publication.keys = try PublishedKeys(parsing: read.value)
        } catch {
            publication.problems = [
                CheckIn.Problem(
                    .parameterUnreadable,
                    "\(parameter), version \(read.number): \(error). Nothing was changed; find out who wrote it, and "
                        + "publish the keys again with `keybaton rollback` or `keybaton rotate`")
            ]
        }
        return publication
    }

    /// A file that cannot be read may well hold a key: whoever put another one there by hand would not mend it.
    private func noKey(_ looks: [TargetLook]) -> CheckIn.Problem {
        looks.contains { $0.content == nil }
            ? CheckIn.Problem(.targetUnreadable, "no key could be read from the targets to read \(parameter) with")
            : CheckIn.Problem(.noKey, "no target holds a key to read \(parameter) with. \(byHand)")
    }

    private func keysRefused(_ failure: ServiceFailure) -> CheckIn.Problem {
        let cause =
            failure.kind == .wrongSecret
            ? "the secret beside the key id is not its own"
            : "they are inactive or deleted, as after rotations that this host slept through"
        let reactivation =
            failure.kind == .wrongSecret ? "" : "; if the old key is only inactive: keybaton reactivate \(user)"
        return CheckIn.Problem(
            .keysRefused, "AWS accepts none of the keys here: \(cause) (\(failure)). \(byHand)\(reactivation)")
    }

    /// The way back where no key works; an administrator may read what this host no longer may.
    private var byHand: String {
        let entry =
            targets.first.map { target in
                target.format == "aws-credentials"
                    ? "AWS_SHARED_CREDENTIALS_FILE=\(target.path) aws configure --profile \(target.profile)"
                    : "put it into \(target.path) (\(target.format))"
            } ?? "aws configure"
        let once =
            "Put the user's current key there by hand once: as an administrator, `aws ssm get-parameter "
            + "--with-decryption --name \(parameter)` shows it below NEW; then, as the file's owner: \(entry)"
        return rendezvousKey == nil
            ? "\(once). A rendezvous_profile in the configuration lets a host come back by itself" : once
    }

    func problem(of failure: ServiceFailure) -> CheckIn.Problem {
        let code: ProblemCode =
            switch failure.kind {
            case .keyNotAccepted, .wrongSecret: .keysRefused
            case .accessDenied: .accessDenied
            case .notFound: .parameterMissing
            case .clock: .clock
            case .unavailable: .unavailable
            case .refused: .refused
            }
        return CheckIn.Problem(code, failure.description)
    }
}
