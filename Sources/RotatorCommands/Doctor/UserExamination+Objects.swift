import AWS
import Console
import Handover
import Rotation

extension UserExamination {
    /// Fits below `acks/USER/`, and no host's check-in can have this name.
    private var nobodysCheckIn: String { ObjectName.checkIns(of: user.name) + "keybaton-doctor" }
    /// No object has it: S3's are digests.
    private static let nobodysETag = "\"00000000000000000000000000000000\""

    /// Reading and removing check-ins.
    func checkInFindings() async -> [Finding] {
        let place = subject(ObjectName.checkIns(of: user.name))
        let resource = resource(ObjectName.checkIns(of: user.name) + "*")
        var findings: [Finding] = []
        func prove(_ action: String, _ body: () async throws -> Void) async {
            do { try await body() } catch let error as AWSError where Self.isAllowed(error) {} catch {
                findings.append(.failed(error, .checkIns, place, needing: action, on: resource))
            }
        }
        await prove("s3:GetObject") { _ = try await services.s3.getObject(bucket: bucket, key: nobodysCheckIn) }
        await prove("s3:DeleteObject") {
            try await services.s3.deleteObject(bucket: bucket, key: nobodysCheckIn, ifMatch: Self.nobodysETag)
        }
        if user.countsLegacyAcks {
            let object = LegacyAck.prefix + "keybaton-doctor"
            do {
                _ = try await services.s3.getObject(bucket: bucket, key: object)
            } catch let error as AWSError where Self.isAllowed(error) {
            } catch {
                findings.append(
                    .failed(
                        error, .checkIns, subject(object), needing: "s3:GetObject",
                        on: self.resource(LegacyAck.prefix + "*")))
            }
        }
        return findings.isEmpty ? [.ok(.checkIns, place, "may be read and removed")] : findings
    }

    /// Writing the view and the journal: under conditions that do not hold.
    ///
    /// The view first, with what the next run would write there: where conditions count for nothing, that does no harm, and
    /// then the journal is not tried.
    func writingFindings(_ snapshot: JournalSnapshot, _ report: StatusReport.User) async -> [Finding] {
        let view = ObjectName.view(of: user.name)
        let journal = ObjectName.journal(of: user.name)
        do {
            guard try await exists(view) else {
                return [
                    .unknown(
                        .view, subject(view),
                        "whether it and the journal may be written shows when the first run has ended",
                        mend: "keybaton run \(name), then again: keybaton doctor \(name)")
                ]
            }
            let body = try StatusReport(generatedAt: snapshot.now, users: [report]).json()
            _ = try await services.s3.putObject(
                bucket: bucket, key: view, body: body, contentType: "application/json", condition: .ifAbsent)
            return [
                .problem(
                    .configuration, .bucket, bucket,
                    "its endpoint does not obey conditions on writing, so that two rotators "
                        + "could act at once",
                    mend: "use Amazon S3, or a store that obeys If-None-Match and If-Match")
            ]
        } catch let error as AWSError where Self.isAllowed(error) {
        } catch {
            return [.failed(error, .view, subject(view), needing: "s3:PutObject", on: resource(view))]
                + (await writing(journal, snapshot))
        }
        return [.ok(.view, subject(view), "may be written")] + (await writing(journal, snapshot))
            + (await noticeFindings())
    }

    /// The book of what was told. An ETag that no object has keeps it as it is, or absent.
    private func noticeFindings() async -> [Finding] {
        guard services.notices != nil else { return [] }
        let book = ObjectName.notices(of: user.name)
        var findings: [Finding] = []
        func prove(_ action: String, _ body: () async throws -> Void) async {
            do { try await body() } catch let error as AWSError where Self.isAllowed(error) {} catch {
                findings.append(.failed(error, .notifier, subject(book), needing: action, on: resource(book)))
            }
        }
        await prove("s3:GetObject") { _ = try await services.s3.getObject(bucket: bucket, key: book) }
        await prove("s3:PutObject") {
            _ = try await services.s3.putObject(
                bucket: bucket, key: book, body: Array("{}".utf8), contentType: "application/json",
                condition: .ifMatch(Self.nobodysETag))
        }
        return findings.isEmpty ? [.ok(.notifier, subject(book), "may be read and written")] : findings
    }

    private func writing(_ journal: String, _ snapshot: JournalSnapshot) async -> [Finding] {
        guard let present = snapshot.journal else { return [] }
        do {
            _ = try await services.s3.putObject(
                bucket: bucket, key: journal, body: try present.encoded(), contentType: "application/json",
                condition: .ifMatch(Self.nobodysETag))
            return [
                .problem(
                    .configuration, .bucket, bucket,
                    "its endpoint does not obey If-Match: two rotators could act at once",
                    mend: "use Amazon S3, or a store that obeys it")
            ]
        } catch let error as AWSError where Self.isAllowed(error) {
            return [.ok(.journal, subject(journal), "may be written, under conditions, which are obeyed")]
        } catch {
            return [.failed(error, .journal, subject(journal), needing: "s3:PutObject", on: resource(journal))]
        }
    }

    private func exists(_ object: String) async throws -> Bool {
        for try await page in services.s3.listObjects(bucket: bucket, prefix: object, pageSize: 1) {
            return page.first?.key == object
        }
        return false
    }

    /// Refused for its condition or for want of an object: S3 has judged the permission before.
    private static func isAllowed(_ error: AWSError) -> Bool {
        [.notFound, .preconditionFailed, .conflict].contains(error.kind)
    }
}
