import AWS
package import FoundationEssentials
package import Secrets

/// Open, as IAM has added to it before (`Expired`): a value unknown here is kept as it came.
package struct AccessKeyStatus: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let active = AccessKeyStatus(rawValue: "Active")
    package static let inactive = AccessKeyStatus(rawValue: "Inactive")
    package static let expired = AccessKeyStatus(rawValue: "Expired")

    package var description: String { rawValue }
}

package struct AccessKeyMetadata: Sendable, Hashable {
    package let id: String
    package let user: String
    package let status: AccessKeyStatus
    package let created: Date
}

/// The only time that a secret is shown.
package struct NewAccessKey: Sendable, Hashable {
    package let id: String
    package let secret: Secret
    package let user: String
    package let created: Date
}

/// The last signed request that IAM has recorded for a key.
package struct AccessKeyUse: Sendable, Hashable {
    package let at: Date
    /// Such as `s3`.
    package let service: String
    package let region: String
}

package struct IAMUser: Sendable, Hashable {
    package let name: String
    package let arn: String
    /// Begins and ends with "/".
    package let path: String
    package let created: Date

    init(_ element: XMLAnswer) throws {
        name = try element.text("UserName")
        arn = try element.text("Arn")
        path = try element.text("Path")
        created = try element.date("CreateDate")
    }
}

package struct IAMTag: Sendable, Hashable {
    package let key: String
    package let value: String
}
