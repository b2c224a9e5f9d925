/// A role to assume.
package struct RoleRequest: Sendable, Equatable {
    package var arn: String
    /// Nil: a name with the time in it.
    package var sessionName: String?
    package var externalID: String?
    /// In seconds; nil leaves it to the role, which is an hour.
    package var durationSeconds: Int?

    package init(arn: String, sessionName: String? = nil, externalID: String? = nil, durationSeconds: Int? = nil) {
        self.arn = arn
        self.sessionName = sessionName
        self.externalID = externalID
        self.durationSeconds = durationSeconds
    }
}
