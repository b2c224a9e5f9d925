import FoundationEssentials
import Handover
import Secrets

/// What the parameter says; without `keys`, a problem says why.
struct Publication {
    var keys: PublishedKeys?
    var version: Int?
    var publishedAt: Date?
    /// A key that AWS accepts, whether or not it may read the parameter.
    var reader: AccessKey?
    var problems: [CheckIn.Problem] = []
}

extension RefreshRun {
    /// Reads the parameter with the first of the targets' keys that works.
    func readPublication(with held: [AccessKey]) async -> Publication {
        var publication = Publication()
        var denial: CheckIn.Problem?
        var refusal: ServiceFailure?
        for (index, key) in held.enumerated() where !held[..<index].contains(key) {
            do throws(ServiceFailure) {
                let read = try await services.parameter(parameter, version: nil, with: key)
                return understand(read, reader: key)
            } catch {
                switch error.kind {
                case .keyNotAccepted, .wrongSecret: refusal = error
                // Another target's key may be that of the right user.
                case .accessDenied:
                    publication.reader = publication.reader ?? key
                    denial = denial ?? problem(of: error)
                case .notFound:
                    publication.reader = key
                    publication.problems = [
                        CheckIn.Problem(
                            .parameterMissing,
                            "there is no parameter \(parameter); check `parameter` and `region`, or publish the key "
                                + "with `keybaton init`")
                    ]
                    return publication
                case .unavailable, .clock, .refused:
                    publication.problems = [problem(of: error)]
                    return publication
                }
            }
        }
        publication.problems = [denial ?? refusal.map(keysRefused) ?? noKey]
        return publication
    }

    private func understand(_ read: ParameterVersion, reader: AccessKey) -> Publication {
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

    private var noKey: CheckIn.Problem {
        CheckIn.Problem(
            .noKey,
            "no target holds a key to read \(parameter) with; put the user's current key there by hand once: "
                + "aws configure --profile \(targets.first?.profile ?? "default")")
    }

    private func keysRefused(_ failure: ServiceFailure) -> CheckIn.Problem {
        let cause =
            failure.kind == .wrongSecret
            ? "the secret beside the key id is not its own"
            : "they are inactive or deleted, as after a rotation that this host slept through"
        return CheckIn.Problem(
            .keysRefused,
            "AWS accepts none of the keys here: \(cause) (\(failure)). Put the user's current key there by hand once "
                + "(aws configure --profile \(targets.first?.profile ?? "default")), or, if the old key is only inactive, "
                + "run `keybaton reactivate \(user)`")
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
