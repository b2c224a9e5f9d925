import AWS
import Console
import FoundationEssentials
import HTTPTransport
import Handover
import IAM
import Monitoring
import Notifications
import Rotation
import RotationServices
import Secrets

extension RotatorConfiguration {
    /// Nil where nobody is to be told.
    ///
    /// - Parameter path: named in every error.
    func notices(
        path: String, _ client: AWSClient, _ s3: S3Client, _ environment: [String: String]
    ) throws -> NoticeDelivery? {
        guard let notify else { return nil }
        do {
            _ = try notify.monitorAddress()
            let services = NotifyServices(client: client, sender: try CurlTransport.toAnybody(environment))
            let subscriptions = try notify.subscriptions(services)
            let templates = Templates(try notify.chosenLanguage())
            guard !subscriptions.isEmpty else { return nil }
            return NoticeDelivery(
                subscriptions, templates: templates, books: S3NoticeBooks(s3: s3, bucket: bucket))
        } catch let problem as InvalidSetting {
            throw CommandFailure(.configuration, "\(path): [notify]: \(problem)")
        }
    }
}

extension CurlTransport {
    /// For what is not AWS: a CA bundle that is given for AWS says nothing of it, and it may speak plain http.
    fileprivate static func toAnybody(_ environment: [String: String]) throws(HTTPError) -> CurlTransport {
        try CurlTransport(environment: environment.filter { !$0.key.hasPrefix("AWS_") }, allowsPlainHTTP: true)
    }
}

extension RotatorServices {
    /// Tells what the last look of a run has to tell. Returns what could not be told so far.
    ///
    /// Nothing of it changes what is done, nor the exit code.
    func tell(
        _ report: StatusReport.User, _ look: (snapshot: JournalSnapshot, observation: Observation),
        _ outcome: PassOutcome, _ log: RunLog
    ) async -> [StatusReport.Undelivered]? {
        guard let notices else { return nil }
        switch outcome.end {
        case .decided, .interrupted: break
        // Another rotator is at work, and tells what it does.
        case .leased, .superseded: return nil
        }
        let user = outcome.user
        let all = Notice.all(in: report, look.snapshot, look.observation, policy: user.policy)
        let result = await notices.tell(all, of: user.name, now: look.snapshot.now, tags: tags(of: user))
        for line in result.told { log.say(.info, "\(user.name): told \(line)") }
        for problem in result.problems { log.say(.warning, "\(user.name): \(problem)") }
        return result.undelivered
    }

    /// Nil where nobody is to be told, and where what was told cannot be read: `status` works without that right.
    func undelivered(of user: ManagedUser, now: Date) async -> [StatusReport.Undelivered]? {
        try? await notices?.undelivered(of: user.name, now: now)
    }

    /// Of nobody: none.
    func tags(of user: ManagedUser?) -> UserTags {
        let iam = IAMClient(client(assuming: user?.role))
        return { tag in
            guard let user else { return nil }
            for try await page in iam.listUserTags(of: "\(user.name)") {
                if let found = page.first(where: { $0.key == tag }) { return found.value }
            }
            return nil
        }
    }

    /// Does a run while a monitor, if there is one, is told of its start and its end. Throws what the run throws.
    func monitored(
        _ context: CommandContext, _ run: () async throws -> (report: RunReport, status: ExitStatus)
    ) async throws -> (report: RunReport, status: ExitStatus) {
        guard let ping = await ping(context) else { return try await run() }
        let startedAt = context.now()
        // A monitor that does not answer must not keep anybody from a new key.
        async let started: Void = tell(context) { try await ping.start() }
        let result: Result<(report: RunReport, status: ExitStatus), any Error>
        do {
            result = .success(try await run())
        } catch {
            result = .failure(error)
        }
        // In this order, or a monitor takes the run for one that still goes on.
        await started
        let summary = MonitoredRun(result, startedAt: startedAt, finishedAt: context.now())
        await tell(context) { try await ping.end(summary) }
        return try result.get()
    }

    private func ping(_ context: CommandContext) async -> Ping? {
        do {
            let url: HTTPURL
            switch try configuration.notify?.monitorAddress() {
            case nil: return nil
            case .url(let known): url = known
            case .secret(let file):
                guard let known = HTTPURL(try await file.token().reveal()) else {
                    throw InvalidSetting("what `ping_file` holds is not an http or https address")
                }
                url = known
            }
            return try Ping(Monitor(url, program: "keybaton"), environment: context.environment)
        } catch {
            context.log(.warning, "the monitor will not be told: \(error)")
            return nil
        }
    }

    private func tell(_ context: CommandContext, _ event: @Sendable () async throws -> Void) async {
        do {
            try await event()
        } catch {
            context.log(.warning, "\(error)")
        }
    }
}

extension MonitoredRun {
    fileprivate init(
        _ result: Result<(report: RunReport, status: ExitStatus), any Error>, startedAt: Date, finishedAt: Date
    ) {
        switch result {
        case .success(let (report, status)):
            self.init(
                startedAt: startedAt, finishedAt: finishedAt, exitCode: status.rawValue,
                lines: report.users.map { "\($0.user): \($0.message)" } + report.problems.map(\.printable))
        case .failure(let error):
            self.init(
                startedAt: startedAt, finishedAt: finishedAt, exitCode: CommandFailure(error).status.rawValue,
                lines: ["\(error)".printable])
        }
    }
}
