/// The SDKs' "standard" retry mode.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html; the numbers are botocore's.
package struct RetryPolicy: Hashable, Sendable {
    /// The first one included; at least 1.
    package let maximumAttempts: Int
    /// The same for a call that was throttled: where many ask at once, whoever asks again gets an answer in the end,
    /// while a network that is broken is seldom mended within seconds.
    package let throttledAttempts: Int

    package static let standard = RetryPolicy(maximumAttempts: 3)
    /// For a run that comes again tomorrow only, or that asks for hundreds of users: about half a minute of asking again.
    package static let patient = RetryPolicy(maximumAttempts: 3, throttledAttempts: 8)

    package init(maximumAttempts: Int, throttledAttempts: Int? = nil) {
        self.maximumAttempts = max(maximumAttempts, 1)
        self.throttledAttempts = max(throttledAttempts ?? self.maximumAttempts, 1)
    }

    /// `AWS_MAX_ATTEMPTS` where it is set and not blank, `usual` otherwise. Throws when it is not a positive number.
    package init(environment: [String: String], usual: RetryPolicy = .standard) throws(RetrySettingError) {
        guard let text = environment["AWS_MAX_ATTEMPTS"], !text.allSatisfy(\.isWhitespace) else {
            self = usual
            return
        }
        guard let number = Int(text), number > 0 else { throw RetrySettingError(value: text) }
        self.init(maximumAttempts: number)
    }

    /// What a retry takes from the quota. A client that is patient with throttling has its growing delays for a bound:
    /// a quota, which all users of a run share, would be used up by the first ones, and the others would give up at once.
    func cost(of error: AWSError) -> Int {
        error.kind == .throttled && throttledAttempts > maximumAttempts ? 0 : error.retryCost
    }

    func attempts(after error: AWSError) -> Int { error.kind == .throttled ? throttledAttempts : maximumAttempts }

    /// How long to wait after the given failed attempt, counted from 1; `random` is from 0 to 1.
    func delay(afterAttempt attempt: Int, random: Double) -> Duration {
        .seconds(random * Double(min(1 << min(attempt - 1, 5), 20)))
    }
}

package struct RetrySettingError: Error, Equatable, Sendable, CustomStringConvertible {
    package let value: String
    package var description: String { "AWS_MAX_ATTEMPTS is \"\(value)\"; it must be a number from 1 up" }
}
