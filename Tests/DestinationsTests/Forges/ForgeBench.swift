import AWS
import Destinations
import FoundationEssentials
import HTTPTransport
import Handover
import Rotation
import RotationServices
import SandboxSupport
import Secrets
import Synchronization
import Testing

/// A token that a test chose, and how often it was asked for.
final class GivenToken: TokenProvider {
    private let state: Mutex<(text: String, reads: Int)>

    init(_ text: String) { state = Mutex((text, 0)) }

    func token() async throws -> Secret {
        state.withLock {
            $0.reads += 1
            return Secret($0.text)
        }
    }

    func replace(with text: String) { state.withLock { $0.text = text } }
    var reads: Int { state.withLock { $0.reads } }
}

/// A clock that goes on only when somebody sleeps by it.
final class SleepingClock: Sendable {
    private let state = Mutex<(now: Date, slept: [Duration])>((Date(timeIntervalSince1970: 1_795_255_200), []))

    var clock: AWSClock {
        AWSClock(
            now: { self.state.withLock { $0.now } },
            sleep: { duration in
                self.state.withLock {
                    $0.now += TimeInterval(duration.components.seconds)
                    $0.slept.append(duration)
                }
            },
            random: { 0.5 })
    }

    var slept: [Duration] { state.withLock { $0.slept } }
    func forward(_ seconds: TimeInterval) { state.withLock { $0.now += seconds } }
}

/// Invented keys.
enum Keys {
    static let old = key("AKIAFORGEOLD00000001", "old0secret0old0secret0old0secret0old0/+A")
    static let new = key("AKIAFORGENEW00000002", "new1secret1new1secret1new1secret1new1/+B")

    private static func key(_ id: String, _ secret: String) -> AccessKey {
        guard let id = AccessKeyID(id), let key = AccessKey(id: id, secret: Secret(secret)) else {
            preconditionFailure("an example of an access key has the wrong form")
        }
        return key
    }
}

/// The sentence with which a feeding fails, and whether it may have taken effect; nil when it succeeds.
func failure(feeding key: AccessKey, to destination: any Destination) async -> (text: String, isUncertain: Bool)? {
    do {
        try await destination.feed(key)
        return nil
    } catch {
        switch error {
        case .refused(let reason): return ("\(reason)", false)
        case .uncertain(let reason): return ("\(reason)", true)
        }
    }
}

extension Observation.Destination {
    /// The sentence of a failing one; empty for others.
    var sentence: String {
        if case .failing(let sentence) = self { sentence } else { "" }
    }
}

/// No part of these worth stealing.
func expectNoSecret(_ text: String, token: String, sourceLocation: SourceLocation = #_sourceLocation) {
    for secret in [token, Keys.old.secret.reveal(), Keys.new.secret.reveal()] {
        #expect(!text.contains(secret), "a secret in: \(text)", sourceLocation: sourceLocation)
    }
}
