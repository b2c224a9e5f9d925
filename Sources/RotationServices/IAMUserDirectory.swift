import AWS
package import Handover
package import IAM

/// The users of one account, by IAM.
package struct IAMUserDirectory: Sendable {
    private let iam: IAMClient

    package init(iam: IAMClient) {
        self.iam = iam
    }

    /// The names of the users below a path such as `/ci/`, or of all of them; as IAM answers them, so not to be trusted.
    package func users(below path: String?) async throws -> [String] {
        try await iam.listUsers(pathPrefix: path).all().map(\.name)
    }

    /// Nil when there is no such user.
    package func tags(of user: UserName) async throws -> [String: String]? {
        do {
            return Dictionary(try await iam.listUserTags(of: "\(user)").all().map { ($0.key, $0.value) }) { first, _ in
                first
            }
        } catch let error as AWSError where error.kind == .notFound {
            return nil
        }
    }
}
