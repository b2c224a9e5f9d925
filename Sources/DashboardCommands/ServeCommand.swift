import ArgumentParser
import Console
import Dashboard
import FoundationEssentials
import Secrets

struct ServeCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the pages until the process is told to end",
        discussion: """
            Only this machine is listened to, unless there is a `token_file`: put a reverse proxy with TLS in front of it \
            for everybody else. Nothing is asked of AWS while nobody looks.
            """)

    @OptionGroup var options: DashboardOptions
    @Option(
        help: "Where to listen: ADDRESS:PORT or unix:/PATH (default: 127.0.0.1:8080, or what the configuration says).")
    var listen: String?

    func execute(_ context: CommandContext) async throws {
        let path = options.path(context.environment)
        let configuration = try ConfigurationFile.load(DashboardConfiguration.self, path: path)
        let address = try address(configuration, path: path)
        let token = try configuration.tokenFile.map { try readToken($0) }
        guard token != nil || address.isLocal else {
            throw CommandFailure(
                .configuration,
                "\(address) can be reached from other machines: set `token_file` in \(path), or listen on 127.0.0.1 "
                    + "behind a reverse proxy")
        }
        let refresh = configuration.refresh?.duration ?? .seconds(60)
        guard refresh >= .seconds(5) else {
            throw CommandFailure(.configuration, "\(path): `refresh` must be 5s or longer; 60s is the default")
        }
        do {
            let reader = BucketReader(bucket: try configuration.bucket(context), now: context.now)
            let source = SnapshotSource(refresh: refresh, now: context.now) {
                let snapshot = await reader.read()
                if let problem = snapshot.freshness.firstProblem {
                    context.log(.warning, "keybaton-dashboard: \(problem)")
                }
                return snapshot
            }
            let server = DashboardServer(
                listen: address, source: source,
                access: Access(token: token, listen: address, hosts: configuration.hosts ?? []), context: context)
            try await server.run { address in
                context.log(.notice, "keybaton-dashboard: listening on \(address)")
                // The first viewer need not wait, and a wrong configuration is told at once.
                Task { await source.current() }
            }
        } catch {
            throw CommandFailure(error, listening: address)
        }
    }

    private func address(_ configuration: DashboardConfiguration, path: String) throws(CommandFailure) -> ListenAddress
    {
        guard let text = listen ?? configuration.listen else { return .standard }
        guard let address = ListenAddress(text) else {
            let source = listen == nil ? "\(path): `listen`" : "--listen"
            throw CommandFailure(
                listen == nil ? .configuration : .usage,
                "\(source) must be ADDRESS:PORT, as in 127.0.0.1:8080 or [::1]:8080, or unix:/PATH, not \(text.printable)"
            )
        }
        return address
    }
}

extension Freshness {
    /// What went wrong in this reading, as far as one line tells.
    fileprivate var firstProblem: String? {
        problem
            ?? users.filter { $0.value.problem != nil }.min { $0.key < $1.key }.map {
                "\($0.key): \($0.value.problem ?? "")"
            }
    }
}
