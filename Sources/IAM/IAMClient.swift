package import AWS
package import FoundationEssentials
import Secrets

/// AWS Identity and Access Management: users and their access keys.
///
/// A repeated request whose first answer was lost reports the state that the first one left: a deletion may end in
/// `.notFound`. Where `signedAt` is given, the signature carries that time.
package struct IAMClient: Sendable {
    private let client: AWSClient

    package init(_ client: AWSClient) { self.client = client }

    /// Two at most, or what the account's quota says.
    package func listAccessKeys(of user: String) -> Pages<AccessKeyMetadata> {
        pages("ListAccessKeys", [("UserName", user)], list: "AccessKeyMetadata") { member in
            AccessKeyMetadata(
                id: try member.text("AccessKeyId"), user: try member.text("UserName"),
                status: AccessKeyStatus(rawValue: try member.text("Status")), created: try member.date("CreateDate"))
        }
    }

    /// Never sent again after a lost answer: after any error but a refusal, a key may exist whose secret nobody knows.
    ///
    /// Throws an `AWSError` of kind `.limitExceeded` when the user has two keys.
    package func createAccessKey(for user: String, signedAt: Date? = nil) async throws -> NewAccessKey {
        var call = call("CreateAccessKey", [("UserName", user)], signedAt: signedAt)
        call.retry = .whenThrottled
        let key = try await client.queryResult(call).child("AccessKey")
        return NewAccessKey(
            id: try key.text("AccessKeyId"), secret: Secret(try key.text("SecretAccessKey")),
            user: try key.text("UserName"), created: try key.date("CreateDate"))
    }

    /// `status` is `.active` or `.inactive`.
    package func updateAccessKey(
        _ id: String, of user: String, to status: AccessKeyStatus, signedAt: Date? = nil
    ) async throws {
        _ = try await client.send(
            call(
                "UpdateAccessKey", [("UserName", user), ("AccessKeyId", id), ("Status", status.rawValue)],
                signedAt: signedAt))
    }

    package func deleteAccessKey(_ id: String, of user: String, signedAt: Date? = nil) async throws {
        _ = try await client.send(
            call("DeleteAccessKey", [("UserName", user), ("AccessKeyId", id)], signedAt: signedAt))
    }

    /// Exact to a quarter of an hour at best; nil when the key was never used.
    package func getAccessKeyLastUsed(_ id: String) async throws -> AccessKeyUse? {
        let result = try await client.queryResult(call("GetAccessKeyLastUsed", [("AccessKeyId", id)]))
        let use = try result.child("AccessKeyLastUsed")
        guard let date = use.optionalText("LastUsedDate"), date != "N/A" else { return nil }
        return AccessKeyUse(
            at: try use.date("LastUsedDate"), service: try use.text("ServiceName"), region: try use.text("Region"))
    }

    package func getUser(_ name: String) async throws -> IAMUser {
        try IAMUser(try await client.queryResult(call("GetUser", [("UserName", name)])).child("User"))
    }

    /// All users, or those below a path such as `/backup/`.
    package func listUsers(pathPrefix: String? = nil) -> Pages<IAMUser> {
        pages("ListUsers", [("PathPrefix", pathPrefix)], list: "Users") { try IAMUser($0) }
    }

    package func listUserTags(of user: String) -> Pages<IAMTag> {
        pages("ListUserTags", [("UserName", user)], list: "Tags") { member in
            IAMTag(key: try member.text("Key"), value: member.optionalText("Value") ?? "")
        }
    }

    private func call(
        _ operation: String, _ parameters: [(name: String, value: String?)], signedAt: Date? = nil
    ) -> AWSCall {
        var call = AWSCall.query(.iam, operation, version: "2010-05-08", parameters)
        call.signing = signedAt.map { .at($0) } ?? .now
        return call
    }

    private func pages<Item: Sendable>(
        _ operation: String, _ parameters: [(name: String, value: String?)], list: String,
        read: @escaping @Sendable (XMLAnswer) throws -> Item
    ) -> Pages<Item> {
        Pages { [client] marker in
            let result = try await client.queryResult(call(operation, parameters + [("Marker", marker)]))
            let next = result.flag("IsTruncated") ? try result.text("Marker") : nil
            return (try result.members(of: list).map(read), next)
        }
    }
}
