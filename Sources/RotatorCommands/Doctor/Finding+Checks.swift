import AWS
import Console
import RotationServices

extension Finding.Check {
    static let credentials = Self(rawValue: "credentials")
    static let bucket = Self(rawValue: "bucket")
    static let journal = Self(rawValue: "journal")
    static let view = Self(rawValue: "view")
    static let checkIns = Self(rawValue: "check-ins")
    static let destination = Self(rawValue: "destination")
    static let notifier = Self(rawValue: "notifier")
    static let rotation = Self(rawValue: "rotation")
    static let host = Self(rawValue: "host")
}

extension Finding {
    /// What a call came to that did not do what it was sent for.
    ///
    /// - Parameters:
    ///   - action: what the call needs, such as `s3:GetObject`.
    ///   - policy: which `keybaton policy` prints it.
    static func failed(
        _ error: any Error, _ check: Check, _ subject: String, needing action: String, on resource: String,
        policy: String = "rotator"
    ) -> Finding {
        let failure = CommandFailure(error)
        let refusal = error as? AWSError ?? (error as? UnusableBucketError)?.error
        guard refusal?.kind == .accessDenied else {
            return .problem(failure.status, check, subject, failure.description, mend: nil)
        }
        return .problem(
            .permission, check, subject, failure.description,
            mend: "allow \(action) on \(resource); `keybaton policy \(policy)` prints all that is needed")
    }
}
