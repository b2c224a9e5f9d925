import AWS
import Console
import IAM

extension UserExamination {
    /// AWS's ids have no 0, 1, 8 or 9: no user has this one, today or later.
    private static let nobodysKey = "AKIA0000000000000000"

    func keyFindings() async -> [Finding] {
        let iam = services.iam(for: user)
        let resource = names.user(name)
        let keys: [AccessKeyMetadata]
        do {
            keys = try await iam.listAccessKeys(of: name).all()
        } catch let error as AWSError where error.kind == .notFound {
            return [
                .problem(
                    .configuration, .key, name, "IAM knows no user of this name",
                    mend: "correct `name`, or make the user: aws iam create-user --user-name \(name)")
            ]
        } catch {
            return [.failed(error, .key, name, needing: "iam:ListAccessKeys", on: resource)]
        }
        var findings: [Finding] = []
        func prove(_ action: String, _ body: () async throws -> Void) async {
            do { try await body() } catch {
                findings.append(.failed(error, .key, name, needing: "iam:\(action)", on: resource))
            }
        }
        await prove("GetUser") { _ = try await iam.getUser(name) }
        if services.configuration.notify?.readsTags == true {
            await prove("ListUserTags") { _ = try await iam.listUserTags(of: name).all() }
        }
        if let key = keys.first {
            await prove("GetAccessKeyLastUsed") { _ = try await iam.getAccessKeyLastUsed(key.id) }
        }
        await prove("UpdateAccessKey") {
            try await missing { try await iam.updateAccessKey(Self.nobodysKey, of: name, to: .inactive) }
        }
        await prove("DeleteAccessKey") {
            try await missing { try await iam.deleteAccessKey(Self.nobodysKey, of: name) }
        }
        if findings.isEmpty {
            let held = keys.map { "\($0.id) (\($0.status.rawValue.lowercased()))" }.joined(separator: ", ")
            findings.append(
                .ok(
                    .key, name,
                    "has \(held.isEmpty ? "no key" : held); keys may be listed, looked at, activated, deactivated and deleted"
                ))
        }
        // A user with two keys would make IAM refuse it, unless one of them is deleted at that very moment.
        findings.append(
            .unknown(
                .key, name, "whether iam:CreateAccessKey is allowed cannot be proved without making a key",
                mend: "compare the rotator's policy with `keybaton policy rotator`"))
        return findings
    }

    /// What is asked for what is not there is answered so by whoever would have done it.
    private func missing(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as AWSError where error.kind == .notFound {}
    }
}
