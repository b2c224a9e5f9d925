import CredentialsFile
import HostSystem
import Secrets

extension AgentConfiguration.Rendezvous {
    /// Reads its key with this process's own rights. Throws, with what to do, when there is none that can be used; as root
    /// also when somebody else could have put another one there.
    func key() throws -> AccessKey {
        if UserAccount.effectiveUserID == 0 { try requireOnlyRootCanChange(path) }
        guard let held = try CredentialsStore(path: path).read(.awsCredentials(profile)) else {
            throw RendezvousProblem(
                place: self, problem: "there is no key there; put that of the separate identity there, once")
        }
        guard !held.hasSessionToken else {
            throw RendezvousProblem(
                place: self, problem: "it holds a temporary key, which expires; put a long-lived one there")
        }
        return held.key
    }
}

/// Why there is no key to come back with; what to do is part of the sentence.
struct RendezvousProblem: Error, CustomStringConvertible {
    let place: AgentConfiguration.Rendezvous
    let problem: String

    var description: String { "\(place.path), profile \(place.profile): \(problem)" }
}
