import AWS
import FoundationEssentials
import HTTPTransport
import Synchronization

struct NotProvided: Error, CustomStringConvertible {
    let description: String
}

/// A sender for tests in which nothing may be sent.
struct NoNetwork: HTTPSender {
    func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
        preconditionFailure("this test sends nothing, but \(request.url) was asked for")
    }
}

/// Answers from a closure.
struct ScriptedSender: HTTPSender {
    let answer: @Sendable (HTTPRequest) throws(HTTPError) -> HTTPResponse

    func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
        try answer(request)
    }
}

extension CredentialsContext {
    /// Nothing but what is given: no file, no process, no name, no network, and no time passes.
    static func scripted(
        environment: [String: String] = [:], files: [String: String] = [:],
        now: Date = Date(timeIntervalSince1970: 1_600_000_000), addresses: [String: [String]] = [:],
        sender: any HTTPSender = NoNetwork(),
        runProcess: @escaping @Sendable (ProcessRequest) async throws -> ProcessOutcome = {
            throw NotProvided(description: "no process: \($0.arguments)")
        }
    ) -> CredentialsContext {
        CredentialsContext(
            environment: environment, readFile: { files[$0].map { Array($0.utf8) } }, now: { now }, sleep: { _ in },
            runProcess: runProcess,
            resolve: { host in
                guard let found = addresses[host] else { throw NotProvided(description: "no name: \(host)") }
                return found
            }, sender: sender)
    }
}
