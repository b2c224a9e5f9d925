import AWS
import Console
import CredentialsFile
import FoundationEssentials
import Handover
import HostSystem
import HTTPTransport
import Refresher
import Secrets

/// One run over all configured keys, under the lock. A failure of one key never stops the others.
struct AgentRun {
    let configuration: AgentConfiguration
    let user: RunningUser
    /// Whether keys that were never published may be replaced.
    let adopt: Bool
    /// How long to wait for another run.
    let patience: Duration
    let context: CommandContext

    /// Throws before anything was done only: nothing is configured, locked or remembered as it must be.
    func execute() async throws -> [RefreshOutcome] {
        let host = try HostDescription.current(configured: configuration.host)
        let directory = StateDirectory(path: try configuration.stateDirectoryPath(for: user))
        return try await locked(directory) {
            var state = try loading { try directory.loadUnread() }
            let services = try makeServices()
            let opener = TargetOpener(for: user)
            var outcomes: [RefreshOutcome] = []
            for key in configuration.keys {
                let record = state[user: key.user]
                let outcome = await run(key, host, record?.principal, services, opener).execute(
                    owed: record?.owedHooks ?? HookDebt()
                ) { debt in
                    state.remember(debt, of: key.user)
                    try directory.save(state)
                }
                outcomes.append(outcome)
                do {
                    // At once: whoever ends this run during the next key does not make it forget this one.
                    try state.add(outcome)
                    try directory.save(state)
                } catch {
                    // What was installed is installed: only the memory of it is lost.
                    context.log(.warning, "the run of \(key.user) will not be remembered: \(error)")
                }
            }
            return outcomes
        }
    }

    func run(
        _ key: AgentConfiguration.Key, _ host: HostDescription, _ known: Principal?, _ services: any KeyServices,
        _ opener: TargetOpener
    ) -> RefreshRun {
        RefreshRun(
            user: key.user, parameter: key.parameter, expectedPrincipal: key.expectedPrincipal ?? known, host: host,
            adoptAfter: configuration.adoptAfter, replacesUnknownKeys: adopt,
            nextRunDue: context.now() + configuration.longestPause / .seconds(1),
            rendezvousKey: key.rendezvous.map(reading),
            targets: key.targets.map(opener.open), hooks: hooks(of: key), services: services, clock: .system)
    }

    private func reading(_ rendezvous: AgentConfiguration.Rendezvous) -> @Sendable () throws -> AccessKey {
        { try rendezvous.key() }
    }

    private func hooks(of key: AgentConfiguration.Key) -> Hooks {
        let arguments = key.targets.filter { !$0.hook.isEmpty }.map { (TargetName($0), $0.hook) }
        return Hooks(
            // The configuration has no target twice.
            arguments: Dictionary(arguments) { first, _ in first },
            runner: LocalHookRunner(configuration, user: user, environment: context.environment))
    }

    /// The keys of the environment and of ~/.aws/config are never used: only those of the targets.
    func makeServices() throws -> AWSKeyServices {
        do {
            return AWSKeyServices(
                sender: try CurlTransport(environment: context.environment),
                endpoints: EndpointResolver(environment: context.environment, region: configuration.region),
                bucket: configuration.bucket,
                retry: try RetryPolicy(environment: context.environment, usual: .patient))
        } catch {
            throw CommandFailure(.configuration, "\(error)")
        }
    }

    private func locked<Result>(
        _ directory: StateDirectory, _ body: () async throws -> Result
    ) async throws -> Result {
        let lock = try loading { try directory.lock(waitingAtMost: patience) }
        let result = try await body()
        _ = consume lock
        return result
    }

    func loading<Value: ~Copyable>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as LockError {
            if case .heldElsewhere = error {
                throw CommandFailure(.temporary, "another run is at work: \(error)")
            }
            throw CommandFailure(
                .configuration,
                "no lock for the run: \(error); make the state directory this user's own (chown, chmod 700), or set "
                    + "state_directory")
        } catch let error as StateError {
            throw CommandFailure(.badData, "\(error)")
        } catch let error as SystemCallError {
            throw CommandFailure(.configuration, "no place for the state: \(error); set state_directory")
        }
    }
}

extension TargetName {
    fileprivate init(_ target: AgentConfiguration.Target) {
        self.init(path: target.path, profile: target.slot.name, format: target.slot.format)
    }
}
