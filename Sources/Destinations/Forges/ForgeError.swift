import AWS
import FoundationEssentials
import HTTPTransport
import Rotation
import Secrets

/// Why a forge did not do what it was asked: a sentence that says what to do. Neither tokens nor secrets.
package struct ForgeError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// What was asked for does not exist, or the token may not see it.
        case notFound
        /// It exists already, or is being changed by somebody else.
        case conflict
        /// The service understood and will not.
        case invalid
        /// There was no answer.
        case silence
        case other
    }

    package var kind: Kind
    package var description: String
    /// Whether the request may have been carried out, or may still be.
    package var mayHaveTakenEffect: Bool
    /// The service's own, where it said any.
    var words = ""

    package init(_ description: String, kind: Kind = .other, mayHaveTakenEffect: Bool = false) {
        self.kind = kind
        self.description = description
        self.mayHaveTakenEffect = mayHaveTakenEffect
    }

    /// - Parameter afterWriting: whether an earlier request of the same feeding was carried out.
    func effect(afterWriting: Bool) -> EffectError {
        afterWriting || mayHaveTakenEffect ? .uncertain(self) : .refused(self)
    }
}

extension ForgeError {
    /// Reads an answer that is neither a success nor a limit.
    init(_ response: HTTPResponse, to request: ForgeRequest, of forge: Forge, token: Secret, attempts: Int) {
        let words = ForgeWords(response, without: [token, request.secret].compactMap(\.self))
        let said = "(HTTP \(response.status)\(words.text.isEmpty ? "" : ": \(words.text)"))"
        switch response.status {
        case 401:
            self.init("\(forge.name) refuses the token \(said): make a new one; it needs \(forge.rights)")
        case 403:
            self.init("\(forge.name) does not let the token do this \(said): it needs \(forge.rights)")
        case 404, 410:
            self.init(
                "\(forge.name) knows no \(request.subject) \(said): check the name, and whether the token may see it",
                kind: .notFound)
        case 300..<400:
            self.init("\(forge.name) says that \(request.subject) has moved \(said): write its present name here")
        case 409:
            self.init(
                "\(forge.name) says that \(request.subject) is being changed by somebody else \(said): run again",
                kind: .conflict)
        case 400..<500:
            self.init(
                "\(forge.name) refuses the request for \(request.subject) \(said): check the names in the configuration",
                kind: .invalid)
        default:
            let times = attempts > 1 ? " \(attempts) times" : ""
            self.init(
                "\(forge.name) failed\(times) \(said): the next run tries again", mayHaveTakenEffect: request.isWrite)
        }
        self.words = words.text
    }

    init(_ error: HTTPError, to request: ForgeRequest, of forge: Forge) {
        let (advice, mayHaveTakenEffect): (String, Bool) =
            switch error.code {
            case .resolve, .connect: ("check the network, the proxy and `url`", false)
            case .tls: ("check `url`, the CA bundle and this machine's clock", false)
            case .refusedScheme, .configuration: ("check `url`", false)
            case .malformed: ("check `url` and the proxy", true)
            case .bodyTooLarge: ("it is larger than \(forge.name)'s ever are: check `url` and the proxy", true)
            case .timeout, .connectionLost, .cancelled, .other: ("the next run tries again", true)
            }
        let isUnusable = error.code == .bodyTooLarge || error.code == .malformed
        let what = isUnusable ? "gave no usable answer" : "did not answer"
        self.init(
            "\(forge.name) \(what): \(error.description.firstPrintableLine): \(advice)", kind: .silence,
            mayHaveTakenEffect: request.isWrite && mayHaveTakenEffect)
    }

    /// An answer that is not what the service documents.
    static func unreadable(_ request: ForgeRequest, of forge: Forge) -> ForgeError {
        ForgeError(
            "what \(forge.name) answers for \(request.subject) is not of its documented form: check `url` and the proxy",
            mayHaveTakenEffect: request.isWrite)
    }

    /// Nothing was sent, as earlier requests of this run had no answer.
    static func silent(_ forge: Forge) -> ForgeError {
        ForgeError("\(forge.name) did not answer earlier in this run, and was not asked again: run again later")
    }

    static func limited(by forge: Forge, until: Date?) -> ForgeError {
        let time = until.map { "after \($0.formatted(.iso8601))" } ?? "in an hour"
        return ForgeError("\(forge.name) takes no more requests for now (its limit is reached): run again \(time)")
    }
}
