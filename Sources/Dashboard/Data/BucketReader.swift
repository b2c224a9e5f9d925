package import FoundationEssentials
import Handover
import Rotation
import Secrets

/// Reads the bucket into snapshots, and remembers what need not be read again.
///
/// A reading costs one listing of the views, one of every user's check-ins, and the bodies that are new since the last one.
/// What cannot be read stays as it was, with the reason beside it.
package actor BucketReader {
    private struct User {
        var etag: String?
        var view: View?
        var listing: CheckInListing?
        var freshness = Freshness.User()
    }

    private let bucket: any Bucket
    private let limits: Limits
    private let now: @Sendable () -> Date
    private var users: [UserName: User] = [:]
    private var memory: CheckInMemory
    private var readAt: Date?

    package init(bucket: any Bucket, limits: Limits = Limits(), now: @escaping @Sendable () -> Date) {
        self.bucket = bucket
        self.limits = limits
        self.now = now
        memory = CheckInMemory(limits: limits)
    }

    /// The bucket as it is now, as far as it answers. Must not be called twice at one time.
    package func read() async -> Snapshot {
        let asOf = now()
        var problem: String?
        do {
            try await readViews()
        } catch {
            problem = "the rotator's views cannot be listed: \(error)".told(limits)
        }
        if problem == nil {
            await readCheckIns(at: asOf)
            await readBodies()
        }
        if problem == nil, users.values.allSatisfy({ $0.freshness.problem == nil }) { readAt = asOf }
        let shown = users.compactMap { name, user in user.view.map { merged($0, user.listing, of: name, at: asOf) } }
        return Snapshot(
            report: StatusReport(generatedAt: asOf, users: shown.sorted { $0.user < $1.user }),
            freshness: Freshness(
                asOf: asOf, readAt: readAt, problem: problem, users: users.mapValues(\.freshness)))
    }

    private func merged(_ view: View, _ listing: CheckInListing?, of user: UserName, at now: Date) -> StatusReport.User
    {
        guard let listing else { return view.user }
        return view.merged(with: listing, reports: memory.reports(listing, of: user), now: now, limits: limits)
    }

    /// Throws when they cannot be listed. A view that is gone is that of a user who is not managed any more.
    private func readViews() async throws {
        var listed: [UserName: String] = [:]
        try await bucket.list(ObjectName.views) { [limits] page in
            for object in page {
                guard let user = ObjectName.parseView(object.name), listed.count < limits.users else { continue }
                listed[user] = object.etag
            }
            return listed.count < limits.users
        }
        users = users.filter { listed[$0.key] != nil }
        for user in listed.keys where users[user] == nil { users[user] = User() }
        for user in users.keys { users[user]?.freshness.problem = nil }
        let changed = listed.filter { users[$0.key]?.etag != $0.value }.keys.sorted()
        let read = await concurrently(changed) { [bucket, limits] user in
            await Result { try await bucket.read(ObjectName.view(of: user), atMost: limits.view) }
        }
        for (user, result) in read {
            do {
                // Gone since it was listed: the next reading finds it so.
                guard let object = try result.get() else { continue }
                let view = try View(object, of: user, limits: limits)
                users[user]?.view = view
                users[user]?.freshness.viewedAt = view.at
                if case .body(_, let etag) = object { users[user]?.etag = etag }
            } catch {
                users[user]?.freshness.problem = "\(error)".told(limits)
            }
        }
    }

    private func readCheckIns(at now: Date) async {
        let read = await concurrently(users.keys.sorted()) { [bucket, limits] user in
            await Result { try await CheckInListing(of: user, in: bucket, limits: limits) }
        }
        for (user, result) in read {
            do {
                let listing = try result.get()
                users[user]?.listing = listing
                users[user]?.freshness.listedAt = now
                if listing.isCut {
                    users[user]?.freshness.problem =
                        "there are more check-ins than can be shown; look who writes below "
                        + ObjectName.checkIns(of: user)
                }
            } catch {
                users[user]?.freshness.problem = "the check-ins cannot be listed: \(error)".told(limits)
            }
        }
    }

    private func readBodies() async {
        let known = users.compactMap { name, user in
            user.view.flatMap { view in user.listing.map { (name, view.user, $0) } }
        }
        let read = await concurrently(memory.makeRoom(for: known)) { [bucket, limits] wanted in
            await Result { try await self.readBody(wanted, in: bucket, limits) }
        }
        for (wanted, result) in read {
            do {
                // Gone since it was listed: the host has written another one.
                guard let report = try result.get() else { continue }
                memory.remember(report, of: wanted)
            } catch {
                let problem = "the check-in of \(wanted.name.host) cannot be read: \(error)".told(limits)
                if users[wanted.name.user]?.freshness.problem == nil {
                    users[wanted.name.user]?.freshness.problem = problem
                }
            }
        }
    }

    /// Nil when there is none.
    private nonisolated func readBody(
        _ wanted: CheckInMemory.Wanted, in bucket: any Bucket, _ limits: Limits
    ) async throws -> CheckInReport? {
        let (user, host, key) = (wanted.name.user, wanted.name.host, wanted.entry.keyID)
        let name = ObjectName.checkIn(of: host, user: user, key: key)
        guard let object = try await bucket.read(name, atMost: CheckIn.maximumSize) else { return nil }
        return CheckInReport(object, of: host, user: user, key: key.description, limits: limits)
    }

    /// The results in any order.
    private nonisolated func concurrently<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], _ work: @escaping @Sendable (Input) async -> Output
    ) async -> [(Input, Output)] {
        await withTaskGroup(of: (Input, Output).self) { group in
            var waiting = inputs[...]
            for _ in 0..<limits.width {
                guard let next = waiting.popFirst() else { break }
                group.addTask { (next, await work(next)) }
            }
            var results: [(Input, Output)] = []
            while let result = await group.next() {
                results.append(result)
                if let next = waiting.popFirst() { group.addTask { (next, await work(next)) } }
            }
            return results
        }
    }
}

extension String {
    /// As a part of a sentence: what AWS said, without its full stop.
    fileprivate func told(_ limits: Limits) -> String {
        let text = shown(limits)
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}

extension Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
