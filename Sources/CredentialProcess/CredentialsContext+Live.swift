package import AWS
package import HTTPTransport

extension CredentialsContext {
    /// This machine, with a way to run a profile's `credential_process`.
    ///
    /// A target of its own: running programs takes a twelfth of the agent, which uses no profile but its targets'.
    package static func live(environment: [String: String], sender: any HTTPSender) -> CredentialsContext {
        live(environment: environment, sender: sender, runProcess: { try await $0.run() })
    }
}
