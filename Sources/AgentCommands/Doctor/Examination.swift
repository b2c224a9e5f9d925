import AWS
import Console
import CredentialsFile
import FoundationEssentials
import Glibc
import HTTPTransport
import Handover
import HostSystem
import Refresher

/// Looks at everything that a run needs, changes nothing on this host, and says how to mend what it finds.
///
/// Every check is made, whatever came of those before it, as far as there is something to check.
struct Examination {
    /// Nil: where the running user's is.
    let configurationFile: String?
    let user: RunningUser
    let context: CommandContext
    let tool: Schedule.Tool

    func execute() async -> DoctorReport {
        var findings: [Finding] = []
        let configuration = load(&findings)
        findings += HostExamination(configured: configuration?.host, facts: .current()).findings()
        let remembered = state(configuration, &findings)
        schedule(configuration, remembered, &findings)
        guard let configuration else {
            return DoctorReport(
                findings + [
                    .unknown(.endpoint, nil, "without a configuration AWS, the keys and the hooks were not looked at")
                ])
        }
        findings += HookExamination(configuration, user: user, environment: context.environment).findings()
        findings += textfile(configuration)
        let services = await network(configuration, &findings)
        await keys(configuration, remembered, services, try? .current(configured: configuration.host), &findings)
        return DoctorReport(findings)
    }

    private var configurationPath: String {
        get throws(CommandFailure) {
            if let configurationFile { return configurationFile }
            return try user.configurationPath
        }
    }

    private func load(_ findings: inout [Finding]) -> AgentConfiguration? {
        do throws(CommandFailure) {
            let path = try configurationPath
            do throws(CommandFailure) {
                let configuration = try AgentConfiguration(file: path, user: user)
                findings.append(.ok(.configuration, path, "can be used"))
                return configuration
            } catch {
                // The sentence says what to do; only that there is a command for it, it does not know.
                let mend = access(path, F_OK) == 0 ? nil : "or let it be written: keybaton-agent init"
                findings.append(.problem(error.status, .configuration, nil, error.description, mend: mend))
            }
        } catch {
            findings.append(.problem(error.status, .configuration, nil, error.description, mend: nil))
        }
        return nil
    }

    private func state(_ configuration: AgentConfiguration?, _ findings: inout [Finding]) -> AgentState {
        do {
            let path = try configuration?.stateDirectoryPath(for: user) ?? user.stateDirectory
            let result = StateExamination(path: path, userID: user.userID).execute()
            findings += result.findings
            return result.state
        } catch {
            findings.append(.problem(.configuration, .state, nil, "\(error)", mend: nil))
            return AgentState()
        }
    }

    private func schedule(
        _ configuration: AgentConfiguration?, _ state: AgentState, _ findings: inout [Finding]
    ) {
        var schedule = Schedule.current(user: user, tool: tool)
        if let configuration { schedule.every = configuration.every }
        schedule.lastRun = state.lastRun
        findings += schedule.findings(now: context.now())
    }

    private func textfile(_ configuration: AgentConfiguration) -> [Finding] {
        guard let path = configuration.textfile, let slash = path.lastIndex(of: "/") else { return [] }
        let directory = slash == path.startIndex ? "/" : String(path[..<slash])
        guard access(directory, W_OK) == 0 else {
            return [
                .problem(
                    .configuration, .textfile, path, "\(directory): \(String(cString: strerror(errno)))",
                    mend: "make the directory, writable for this user, or correct `textfile`")
            ]
        }
        return [.ok(.textfile, path, "can be written")]
    }

    /// Nil when no request can be made.
    private func network(
        _ configuration: AgentConfiguration, _ findings: inout [Finding]
    ) async -> AWSKeyServices? {
        let resolver = EndpointResolver(environment: context.environment, region: configuration.region)
        do {
            let retry = try RetryPolicy(environment: context.environment, usual: .standard)
            let sender = try CurlTransport(environment: context.environment)
            let result = await EndpointExamination(
                resolver: resolver, bucket: configuration.bucket, sender: sender, caBundle: sender.caBundle,
                now: context.now
            ).execute()
            findings += result.findings + [.clock(result.skews)]
            // Not asked again through what leads nowhere: each call would wait for its time to be over.
            guard result.findings.contains(where: { $0.verdict == .ok }) else { return nil }
            return AWSKeyServices(sender: sender, endpoints: resolver, bucket: configuration.bucket, retry: retry)
        } catch {
            findings += [
                .problem(
                    .configuration, .endpoint, nil, "\(error)",
                    mend: error is RetrySettingError
                        ? "correct or unset the variable"
                        : "let AWS_CA_BUNDLE name a file that this user can read, or unset it and apt install "
                            + "ca-certificates; or correct HTTPS_PROXY"),
                .clock([]),
            ]
            return nil
        }
    }
}
