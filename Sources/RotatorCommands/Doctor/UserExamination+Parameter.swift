import AWS
import Console
import Handover
import Rotation
import RotationServices
import SSM
import Secrets

extension UserExamination {
    func parameterFindings(journal: Journal?) async -> [Finding] {
        let ssm = services.ssm(for: user)
        var findings: [Finding] = []
        do {
            let parameter = try await ssm.getParameter(user.parameter)
            findings.append(judge(parameter))
            findings += await encryption(ssm)
        } catch let error as AWSError where error.kind == .notFound {
            findings.append(missing(journal))
        } catch {
            var finding = failed(error, "ssm:GetParameter")
            // The refusal of the key's own policy comes through the Parameter Store.
            if let key = user.kmsKey, finding.status == .permission, finding.message.lowercased().contains("kms") {
                finding = .problem(
                    .permission, .parameter, user.parameter, finding.message,
                    mend: "allow kms:Decrypt on \(key); `keybaton policy rotator` prints all that is needed")
            }
            findings.append(finding)
        }
        findings.append(await writing(ssm))
        return findings
    }

    private func failed(_ error: any Error, _ action: String) -> Finding {
        .failed(error, .parameter, user.parameter, needing: action, on: names.parameter(user.parameter))
    }

    private func missing(_ journal: Journal?) -> Finding {
        guard let current = journal?.current else {
            return .ok(.parameter, user.parameter, "is not there yet; keybaton init \(name) makes it")
        }
        return .problem(
            .badData, .parameter, user.parameter, "is gone, though it published \(current.id)",
            mend: "keybaton init \(name) --adopt --profile NAME, with the key that the hosts hold")
    }

    private func judge(_ parameter: SSMClient.Parameter) -> Finding {
        // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html, HierarchyTypeMismatch
        guard parameter.type == user.parameterKind.rawValue else {
            return .problem(
                .configuration, .parameter, user.parameter,
                "is a \(parameter.type), while the configuration says \(user.parameterKind.rawValue), and AWS changes the "
                    + "type of no parameter",
                mend: "set `parameter_type = \"\(parameter.type)\"`, or name another parameter in `parameter`")
        }
        do {
            let keys = try PublishedKeys(parsing: parameter.value)
            return .ok(
                .parameter, user.parameter, "version \(parameter.version) publishes \(keys.new.id) as NEW")
        } catch {
            return .problem(
                .badData, .parameter, user.parameter, "version \(parameter.version): \(error)",
                mend: "find out who wrote it; keybaton rollback \(name) or keybaton rotate \(name) publishes keys again"
            )
        }
    }

    /// A value that the request's own pattern does not match is refused, whether or not there is a parameter; and one that
    /// is there would not be overwritten.
    private func writing(_ ssm: SSMClient) async -> Finding {
        do {
            let version = try await ssm.putParameter(
                user.parameter, value: Secret("keybaton doctor"), type: "String", overwrite: false,
                allowedPattern: "^nothing matches this$")
            return .problem(
                .unexpected, .parameter, user.parameter,
                "version \(version) was written although AWS documents that it refuses it",
                mend: "delete it, and check that the endpoint leads to AWS")
        } catch let error as AWSError
            where error.kind == .preconditionFailed || error.code == "ParameterPatternMismatchException"
        {
            return .ok(.parameter, user.parameter, "may be written")
        } catch {
            return failed(error, "ssm:PutParameter")
        }
    }

    private func encryption(_ ssm: SSMClient) async -> [Finding] {
        guard user.parameterKind == .secureString else { return [] }
        var findings: [Finding] = []
        do {
            // Without a key of its own Parameter Store uses this one.
            let wanted = user.kmsKey ?? "alias/aws/ssm"
            let found = try await ssm.describeParameter(user.parameter)?.keyID ?? wanted
            findings.append(
                Self.isSame(found, wanted)
                    ? .ok(.parameter, user.parameter, "is encrypted with \(found)")
                    : .warning(
                        .parameter, user.parameter,
                        "is encrypted with \(found), and the configuration names \(wanted); the next publication uses that",
                        mend: "correct `kms_key`, or see that every host may decrypt with \(wanted)"))
        } catch let error as AWSError where error.kind == .accessDenied {
            findings.append(
                .unknown(
                    .parameter, user.parameter, "which key encrypts it could not be looked at",
                    mend: "allow ssm:DescribeParameters on *: `keybaton policy doctor` prints it"))
        } catch {
            findings.append(failed(error, "ssm:DescribeParameters"))
        }
        if let key = user.kmsKey {
            findings.append(
                .unknown(
                    .parameter, user.parameter, "whether kms:Encrypt is allowed cannot be proved without publishing",
                    mend: "compare with `keybaton policy rotator`, and with the policy of \(key)"))
        }
        return findings
    }

    /// An id and an ARN may name one key; whether an alias does, only KMS knows.
    static func isSame(_ left: String, _ right: String) -> Bool {
        func name(_ key: String) -> Substring {
            let last = key.split(separator: ":").last ?? ""
            return last.hasPrefix("key/") ? last.dropFirst("key/".count) : last
        }
        return name(left) == name(right)
    }
}
