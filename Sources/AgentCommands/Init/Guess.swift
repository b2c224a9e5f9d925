import AWS
import Console
import CredentialsFile
import HTTPTransport
import Handover
import HostSystem
import Refresher

/// What can be known without asking a person: defaults for the questions.
struct Guess {
    let user: RunningUser
    let environment: [String: String]

    /// From the environment or the running user's `~/.aws/config`.
    func region(profile: String) -> String? {
        let path = environment["AWS_CONFIG_FILE"] ?? user.home.map { "\($0)/.aws/config" }
        let configuration = path.flatMap { smallFile($0) }.flatMap { text in
            try? SharedConfiguration(configFile: Array(text.utf8), credentialsFile: nil)
        }
        return EndpointResolver(environment: environment, configuration: configuration ?? .empty, profile: profile)
            .region
    }

    /// Whose key the target holds, by asking AWS; nil when there is no key, no answer, or no IAM user behind it.
    func userName(of target: AgentConfiguration.Target, region: String) async -> String? {
        guard let key = try? TargetOpener(for: user).open(target).read().key,
            let sender = try? CurlTransport(environment: environment)
        else { return nil }
        let services = AWSKeyServices(
            sender: sender, endpoints: EndpointResolver(environment: environment, region: region), bucket: "",
            retry: .standard)
        return try? await services.principal(of: key).userName?.description
    }
}
