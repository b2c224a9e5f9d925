/// The SDKs' "standard" retry mode.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html; the numbers are botocore's.
package struct RetryPolicy: Hashable, Sendable {
    /// The first one included; at least 1.
    package let maximumAttempts: Int

    package static let standard = RetryPolicy(maximumAttempts: 3)

    package init(maximumAttempts: Int) { self.maximumAttempts = max(maximumAttempts, 1) }

    /// `AWS_MAX_ATTEMPTS` where it is set and not blank. Throws when it is not a positive number.
    package init(environment: [String: String]) throws(RetrySettingError) {
        guard let text = environment["AWS_MAX_ATTEMPTS"], !text.allSatisfy(\.isWhitespace) else {
            self = .standard
            return
        }
        guard let number = Int(text), number > 0 else { throw RetrySettingError(value: text) }
        self.init(maximumAttempts: number)
    }

    /// How long to wait after the given failed attempt, counted from 1; `random` is from 0 to 1.
    func delay(afterAttempt attempt: Int, random: Double) -> Duration {
        .seconds(random * Double(min(1 << min(attempt - 1, 5), 20)))
    }
}

package struct RetrySettingError: Error, Equatable, Sendable, CustomStringConvertible {
    package let value: String
    package var description: String { "AWS_MAX_ATTEMPTS is \"\(value)\"; it must be a number from 1 up" }
}
