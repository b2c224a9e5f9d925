import ArgumentParser
import Console
import CredentialsFile
import Handover
import Rotation
import RotationServices
import Secrets

struct InitCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Begin to manage a user: publish its first key and start its journal",
        discussion: """
            A user without a key gets one. A user whose hosts hold a key already is adopted: name the profile of a \
            credentials file that holds that key, so that the hosts stay recognised. A parameter that holds published \
            keys already is taken as it is.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var argument: UserArgument
    @Flag(help: "Begin anew from the parameter, or from --profile, although there is a journal.") var adopt = false
    @Option(help: "The profile that holds the key which the user's hosts use today.") var profile: String?
    @Option(
        help: "Where that profile is (default: $AWS_SHARED_CREDENTIALS_FILE, or else ~/.aws/credentials).",
        completion: .file())
    var credentialsFile: String?

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        let user = try await services.user(named: argument.user)
        do {
            let status = try await begin(user, services, context)
            if status != .success { throw ExitCode(status.rawValue) }
        } catch let exit as ExitCode {
            throw exit
        } catch {
            throw CommandFailure(error)
        }
    }

    private func begin(
        _ user: ManagedUser, _ services: RotatorServices, _ context: CommandContext
    ) async throws -> ExitStatus {
        let (snapshot, observation) = try await services.driver(for: user).look()
        if snapshot.journal != nil, !adopt {
            context.log(.info, "\(user.name) is managed already; `keybaton status \(user.name)` shows it")
            return .success
        }
        if let running = snapshot.runningLease {
            throw CommandFailure(
                .temporary, "\(running.lease.owner) is at work on \(user.name): try again when it has ended")
        }
        if let profile {
            try await publish(profile, user, snapshot, observation, services, context)
        }
        let request: Request = snapshot.journal == nil ? .proceed : .adopt
        return await services.run(user, request, RunLog(context), context).status
    }

    /// Makes the key that the hosts hold the published NEW; what was NEW before, if it still lives, becomes OLD.
    private func publish(
        _ profile: String, _ user: ManagedUser, _ snapshot: JournalSnapshot, _ observation: Observation,
        _ services: RotatorServices, _ context: CommandContext
    ) async throws {
        let key = try heldKey(profile, context)
        guard observation.keys[key.id]?.status == .active else {
            throw CommandFailure(
                .badData, "the profile's key \(key.id) is not an active key of \(user.name): name another profile")
        }
        try await services.issuer(of: user).prove(key, of: user.name)
        let publication = services.publication(of: user)
        var old: AccessKey?
        if case .published(let published, _) = try await publication.read(version: nil) {
            if published.new.id == key.id { return }
            guard adopt else {
                throw CommandFailure(
                    .badData,
                    "the parameter \(user.parameter) publishes \(published.new.id) already, not the profile's "
                        + "\(key.id). With --adopt the profile's key becomes NEW and the other one OLD")
            }
            if observation.keys[published.new.id] != nil { old = published.new }
        }
        guard let keys = PublishedKeys(new: key, old: old) else { return }
        let version = try await publication.publish(keys, signedAt: snapshot.now)
        context.log(.notice, "\(user.name): published \(key.id) as version \(version) of \(user.parameter)")
    }

    private func heldKey(_ profile: String, _ context: CommandContext) throws -> AccessKey {
        let given = credentialsFile ?? context.environment["AWS_SHARED_CREDENTIALS_FILE"] ?? ""
        let file = given.isEmpty ? "~/.aws/credentials" : given
        let path = file.hasPrefix("~/") ? context.environment["HOME", default: ""] + file.dropFirst() : file
        do {
            guard let held = try CredentialsStore(path: path).read(.awsCredentials(ProfileName(profile))) else {
                throw CommandFailure(
                    .badData,
                    "\(path) has no key in the profile \(profile.printable): name another profile, or its file with "
                        + "--credentials-file")
            }
            guard !held.hasSessionToken else {
                throw CommandFailure(.badData, "the profile \(profile) holds a temporary key: it cannot be rotated")
            }
            return held.key
        } catch let error as CredentialsStoreError {
            throw CommandFailure(.badData, "\(error)")
        } catch let error as InvalidProfileName {
            throw CommandFailure(.usage, "\(error)")
        }
    }
}
