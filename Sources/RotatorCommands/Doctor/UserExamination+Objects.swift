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

    /// Writing the view, the journal and the book of notices: under conditions that do not hold.
    ///
    /// The view first, with what the next run would write there: where a condition counts for nothing that does no harm, and
    /// then nothing else is tried.
    func writingFindings(_ snapshot: JournalSnapshot, _ report: StatusReport.User) async -> [Finding] {
        let view = ObjectName.view(of: user.name)
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
            for condition in [S3Condition.ifAbsent, .ifMatch(Self.nobodysETag)] {
                if try await isWritten(view, body, condition) { return [disobedient] }
            }
        } catch {
            return [
                .failed(error, .view, subject(view), needing: "s3:PutObject", on: resource(view)),
                .unknown(
                    .journal, subject(ObjectName.journal(of: user.name)),
                    "whether it may be written is tried only where the view shows that conditions are obeyed"),
            ]
        }
        return [.ok(.view, subject(view), "may be written")] + (await journalFindings(snapshot))
            + (await noticeFindings())
    }

    private func journalFindings(_ snapshot: JournalSnapshot) async -> [Finding] {
        guard let present = snapshot.journal else { return [] }
        let journal = ObjectName.journal(of: user.name)
        do {
            if try await isWritten(journal, try present.encoded(), .ifMatch(Self.nobodysETag)) { return [disobedient] }
            return [.ok(.journal, subject(journal), "may be written, under conditions, which are obeyed")]
        } catch {
            return [.failed(error, .journal, subject(journal), needing: "s3:PutObject", on: resource(journal))]
        }
    }

    /// The book of what was told. An ETag that no object has keeps it as it is, or absent.
    private func noticeFindings() async -> [Finding] {
        guard services.notices != nil else { return [] }
        let book = ObjectName.notices(of: user.name)
        var findings: [Finding] = []
        func failed(_ error: any Error, _ action: String) -> Finding {
            .failed(error, .notifier, subject(book), needing: action, on: resource(book))
        }
        do { _ = try await services.s3.getObject(bucket: bucket, key: book) } catch let error as AWSError
            where Self.isAllowed(error)
        {} catch { findings.append(failed(error, "s3:GetObject")) }
        do {
            if try await isWritten(book, Array("{}".utf8), .ifMatch(Self.nobodysETag)) { findings.append(disobedient) }
        } catch {
            findings.append(failed(error, "s3:PutObject"))
        }
        return findings.isEmpty ? [.ok(.notifier, subject(book), "may be read and written")] : findings
    }

    private var disobedient: Finding {
        .problem(
            .configuration, .bucket, bucket,
            "its endpoint does not obey conditions on writing, so that two rotators could act at once",
            mend: "use Amazon S3, or a store that obeys If-None-Match and If-Match")
    }

    /// Whether the object was written although the condition does not hold. Throws where it may not be written at all.
    private func isWritten(_ object: String, _ body: [UInt8], _ condition: S3Condition) async throws -> Bool {
        do {
            _ = try await services.s3.putObject(
                bucket: bucket, key: object, body: body, contentType: "application/json", condition: condition)
            return true
        } catch let error as AWSError where Self.isAllowed(error) {
            return false
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
