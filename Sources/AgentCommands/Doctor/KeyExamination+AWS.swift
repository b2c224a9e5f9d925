import Console
import Handover
import Refresher
import Secrets

extension KeyExamination {
    /// Whose the keys are, and which of them AWS accepts.
    func identify(_ aws: inout AWSLook) async {
        for key in aws.held {
            do throws(ServiceFailure) {
                let principal = try await aws.services.principal(of: key)
                aws.accepted.append(key)
                aws.principal = aws.principal ?? principal
                aws.findings.append(judge(principal, of: key.id))
            } catch {
                switch error.kind {
                case .keyNotAccepted where aws.held.count > 1 || aws.wayBack != nil:
                    aws.findings.append(
                        .warning(
                            .key, key.id.description, "is not accepted by AWS: inactive or deleted",
                            mend: "if it was published, keybaton-agent run replaces it; see its target above"))
                case .keyNotAccepted:
                    aws.findings.append(
                        .problem(
                            .unknownKey, .key, key.id.description,
                            "is not accepted by AWS: inactive or deleted, as after a rotation that this host slept "
                                + "through",
                            mend: "put the user's current key there once (aws configure), or, if it is only inactive: "
                                + "keybaton reactivate \(user)"))
                case .wrongSecret:
                    aws.findings.append(
                        .problem(
                            .unknownKey, .key, key.id.description, "the secret beside it is not its own",
                            mend: "put both halves of the user's current key there: aws configure"))
                default: aws.findings.append(finding(of: error, .key, key.id.description, mend: nil))
                }
            }
        }
    }

    private func judge(_ principal: Principal, of id: AccessKeyID) -> Finding {
        let expected = expectedPrincipal?.arn ?? "the IAM user \(user)"
        guard principal.userName == user, expectedPrincipal == nil || expectedPrincipal == principal else {
            return .problem(
                .badData, .key, id.description, "belongs to \(principal), not to \(expected)",
                mend: "correct `user` or the targets; if the user was moved on purpose: expect_arn = \"\(principal)\"")
        }
        return .ok(.key, id.description, "works and belongs to \(principal)")
    }

    /// Reads the parameter with the first key that may.
    func readParameter(_ aws: inout AWSLook) async {
        var denial: Finding?
        for key in aws.accepted.isEmpty ? [aws.wayBack].compactMap(\.self) : aws.accepted {
            do throws(ServiceFailure) {
                let read = try await aws.services.parameter(parameter, version: nil, with: key)
                aws.reader = key
                aws.findings.append(await understand(read, with: key, &aws))
                return
            } catch {
                guard error.kind == .accessDenied else {
                    aws.findings.append(finding(of: error, .parameter, parameter, mend: parameterAdvice(error)))
                    return
                }
                denial = denial ?? finding(of: error, .parameter, parameter, mend: readingRight(error, aws.principal))
            }
        }
        aws.findings.append(denial ?? .unknown(.parameter, parameter, "there is no key that works to read it with"))
    }

    private func understand(
        _ read: ParameterVersion, with key: AccessKey, _ aws: inout AWSLook
    ) async -> Finding {
        let keys: PublishedKeys
        do {
            keys = try PublishedKeys(parsing: read.value)
        } catch {
            return .problem(
                .badData, .parameter, parameter, "version \(read.number): \(error)",
                mend:
                    "find out who wrote it, and publish the keys again: keybaton rollback \(user), or keybaton rotate "
                    + "\(user)")
        }
        let unknown = Set(aws.held.map(\.id)).subtracting([keys.new.id, keys.old?.id].compactMap(\.self))
        do throws(ServiceFailure) {
            let earlier = try await aws.services.earlierKeys(
                among: unknown, of: parameter, before: read.number, with: key)
            aws.publication = PublicationLook(keys: keys, version: read.number, earlier: earlier)
            return .ok(.parameter, parameter, "version \(read.number) publishes \(keys.new.id) as NEW")
        } catch {
            return finding(of: error, .parameter, "\(parameter), versions before \(read.number)", mend: nil)
        }
    }

    /// NEW where no target holds it yet: a run would not install what AWS refuses, or what is somebody else's.
    func judgeNew(_ aws: inout AWSLook) async {
        guard let new = aws.publication?.keys.new, !aws.accepted.contains(new) else { return }
        do throws(ServiceFailure) {
            aws.findings.append(judge(try await aws.services.principal(of: new), of: new.id))
        } catch {
            let isRefused = [.keyNotAccepted, .wrongSecret].contains(error.kind)
            aws.findings.append(
                isRefused
                    ? .problem(
                        .temporary, .key, new.id.description, "is published as NEW, and AWS does not accept it",
                        mend: "it may be some seconds old; if it stays so: keybaton rollback \(user)")
                    : finding(of: error, .key, new.id.description, mend: nil))
        }
    }

    /// The failure's own words, and the exit code that a run would end with.
    func finding(
        of failure: ServiceFailure, _ check: Finding.Check, _ subject: String?, mend: String?
    ) -> Finding {
        let status: ExitStatus =
            switch failure.kind {
            case .keyNotAccepted, .wrongSecret: .unknownKey
            case .accessDenied: .permission
            case .notFound, .refused: .configuration
            case .clock, .unavailable: .unavailable
            }
        return .problem(status, check, subject, failure.description, mend: mend)
    }

    private func parameterAdvice(_ failure: ServiceFailure) -> String? {
        switch failure.kind {
        case .notFound: "check `parameter` and `region` (\(region)), or publish the user's key: keybaton init \(user)"
        case .refused: "check `parameter` and `region` (\(region))"
        default: nil
        }
    }

    func readingRight(_ failure: ServiceFailure, _ principal: Principal?) -> String {
        let (partition, account) = principal?.home ?? ("aws", "ACCOUNT")
        let name = parameter.hasPrefix("/") ? parameter : "/\(parameter)"
        let resource = "arn:\(partition):ssm:\(region):\(account):parameter\(name)"
        // The refusal of the key's own policy comes through the Parameter Store.
        let key =
            failure.description.lowercased().contains("kms") ? ", and kms:Decrypt on the key that encrypts it" : ""
        return "check `region`; if it is right, allow ssm:GetParameter on \(resource)\(key)"
    }
}

extension Principal {
    /// The partition and the account; nil for what is no ARN.
    var home: (partition: String, account: String)? {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 5 ? (String(parts[1]), String(parts[4])) : nil
    }
}
