import FoundationEssentials
package import Secrets

extension Sandbox {
    /// An IAM user with one key.
    package struct User: Sendable {
        package let arn: String
        package let key: AccessKey
    }

    /// One request that AWS got, in the order of arrival.
    package struct SeenRequest: Sendable, Decodable {
        package let number: Int
        package let service: String
        package let operation: String
        /// An object as `bucket/key`, a parameter or a user.
        package let resource: String
        package let key_id: String?
        package let status: Int?
        package let code: String?
        /// The kind of the fault that hit it.
        package let fault: String?
    }

    /// Any operation of boto3, as root: `call("iam", "create_user", ["UserName": "backup"])`.
    @discardableResult
    package func call(_ service: String, _ operation: String, _ parameters: JSON = [:]) async throws -> JSON {
        try await control(
            "POST", "/call", ["service": .text(service), "operation": .text(operation), "parameters": parameters])
    }

    /// Makes a user with one key and, if given, one inline policy.
    package func makeUser(_ name: String, policy: JSON? = nil) async throws -> User {
        let answer = try await control("POST", "/users", ["name": .text(name), "policy": policy ?? .null])
        return User(
            arn: answer["arn"]?.text ?? "",
            key: try key(answer["access_key_id"]?.text, answer["secret_access_key"]?.text))
    }

    /// Replaces the inline policy that a user was made with.
    package func setPolicy(_ policy: JSON, of user: String) async throws {
        let text = String(decoding: try JSONEncoder().encode(policy), as: UTF8.self)
        try await call(
            "iam", "put_user_policy",
            ["UserName": .text(user), "PolicyName": "sandbox", "PolicyDocument": .text(text)])
    }

    /// Replaces the inline policy of a role.
    package func setRolePolicy(_ policy: JSON, of role: String) async throws {
        let text = String(decoding: try JSONEncoder().encode(policy), as: UTF8.self)
        try await call(
            "iam", "put_role_policy",
            ["RoleName": .text(role), "PolicyName": "sandbox", "PolicyDocument": .text(text)])
    }

    /// Makes one more key for a user, as the rotator would.
    package func makeKey(for user: String) async throws -> AccessKey {
        let made = try await call("iam", "create_access_key", ["UserName": .text(user)])["AccessKey"]
        return try key(made?["AccessKeyId"]?.text, made?["SecretAccessKey"]?.text)
    }

    /// Makes a key `Active` or `Inactive`.
    package func setStatus(_ status: String, of key: AccessKeyID, of user: String) async throws {
        try await call(
            "iam", "update_access_key",
            ["UserName": .text(user), "AccessKeyId": .text(key.description), "Status": .text(status)])
    }

    /// The settings of the sandbox's README, such as `["clock_offset": 600]`; the others stay.
    package func change(_ settings: JSON) async throws {
        let _: JSON = try await control("PUT", "/settings", settings)
    }

    /// A fault as the sandbox's README has it, such as `["kind": "drop", "operation": "PutObject"]`.
    ///
    /// Returns its number.
    @discardableResult
    package func add(fault: JSON) async throws -> Int {
        Int(try await control("POST", "/faults", fault)["id"]?.number ?? 0)
    }

    /// How many requests a fault has hit.
    package func hits(ofFault number: Int) async throws -> Int {
        let fault = try await control("GET", "/faults").elements.first { $0["id"]?.number == Double(number) }
        return Int(fault?["hits"]?.number ?? 0)
    }

    package func removeFaults() async throws {
        let _: JSON = try await control("DELETE", "/faults")
    }

    /// What AWS was asked, without the test's own calls.
    package func requests(after number: Int = 0) async throws -> [SeenRequest] {
        try await control("GET", "/requests?after=\(number)", as: [SeenRequest].self)
    }

    /// The mails and the messages of topics that were sent, as the sandbox's README has them.
    package func sent<Message: Decodable>(as type: [Message].Type) async throws -> [Message] {
        try await control("GET", "/sent", as: type)
    }

    /// As if just started.
    package func reset() async throws {
        let _: JSON = try await control("POST", "/reset")
    }

    private func key(_ id: String?, _ secret: String?) throws -> AccessKey {
        guard let id = id.flatMap({ AccessKeyID($0) }), let key = AccessKey(id: id, secret: Secret(secret ?? "")) else {
            throw SandboxError(description: "IAM's answer holds no access key")
        }
        return key
    }
}
