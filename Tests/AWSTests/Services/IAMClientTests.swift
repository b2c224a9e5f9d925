import AWS
import FoundationEssentials
import HTTPTransport
import IAM
import Secrets
import Testing

@Suite struct IAMClientTests {
    private static func answer(_ operation: String, _ result: String) -> ScriptedServer.Answer {
        .http(
            200,
            "<\(operation)Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><\(operation)Result>\(result)"
                + "</\(operation)Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></\(operation)Response>"
        )
    }

    private static func key(_ id: String, _ status: String) -> String {
        "<member><UserName>backup</UserName><AccessKeyId>\(id)</AccessKeyId><Status>\(status)</Status>"
            + "<CreateDate>2026-11-21T08:10:47Z</CreateDate></member>"
    }

    @Test("lists keys over pages and keeps a status it does not know")
    func list() async throws {
        let bench = Bench(
            Self.answer(
                "ListAccessKeys",
                "<AccessKeyMetadata>\(Self.key("AKIA1", "Active"))</AccessKeyMetadata><IsTruncated>true</IsTruncated>"
                    + "<Marker>m+/=</Marker>"),
            Self.answer(
                "ListAccessKeys",
                "<AccessKeyMetadata>\(Self.key("AKIA2", "Frozen"))</AccessKeyMetadata><IsTruncated>false</IsTruncated>")
        )
        let keys = try await IAMClient(bench.client).listAccessKeys(of: "a+b@c").all()
        #expect(
            keys.map(\.id) == ["AKIA1", "AKIA2"] && keys[0].status == .active && keys[0].created == StoppedClock.time)
        #expect(keys[1].status.rawValue == "Frozen")
        #expect(
            bench.sender.requests.map(\.text) == [
                "Action=ListAccessKeys&Version=2010-05-08&UserName=a%2Bb%40c",
                "Action=ListAccessKeys&Version=2010-05-08&UserName=a%2Bb%40c&Marker=m%2B%2F%3D",
            ])
        #expect(
            bench.sender.requests[0].header("Content-Type") == "application/x-www-form-urlencoded; charset=utf-8")
    }

    @Test("creates a key, never sent again after a lost answer, and shows its secret to nobody")
    func create() async throws {
        let bench = Bench(
            Self.answer(
                "CreateAccessKey",
                "<AccessKey><UserName>backup</UserName><AccessKeyId>AKIA3</AccessKeyId><Status>Active</Status>"
                    + "<SecretAccessKey>hunter2/+=</SecretAccessKey><CreateDate>2026-11-21T08:10:47Z</CreateDate></AccessKey>"
            ),
            .http(503))
        let iam = IAMClient(bench.client)
        let key = try await iam.createAccessKey(for: "backup", signedAt: StoppedClock.time - 60)
        #expect(key.id == "AKIA3" && key.secret == Secret("hunter2/+=") && key.user == "backup")
        var dumped = "\(key)"
        dump(key, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        #expect(bench.sender.requests[0].signingDate == "20261121T080947Z")
        let error = await bench.failure { try await IAMClient($0).createAccessKey(for: "backup") }
        #expect(error?.attempts == 1 && bench.sender.limits.allSatisfy { !$0.mayReuseConnection })
    }

    @Test func changesAndDeletesAKey() async throws {
        let bench = Bench(.http(200, "<UpdateAccessKeyResponse/>"), .http(200, "<DeleteAccessKeyResponse/>"))
        let iam = IAMClient(bench.client)
        try await iam.updateAccessKey("AKIA1", of: "backup", to: .inactive, signedAt: StoppedClock.time - 60)
        try await iam.deleteAccessKey("AKIA1", of: "backup", signedAt: StoppedClock.time - 60)
        #expect(
            bench.sender.requests.map(\.text) == [
                "Action=UpdateAccessKey&Version=2010-05-08&UserName=backup&AccessKeyId=AKIA1&Status=Inactive",
                "Action=DeleteAccessKey&Version=2010-05-08&UserName=backup&AccessKeyId=AKIA1",
            ])
        #expect(bench.sender.requests.allSatisfy { $0.signingDate == "20261121T080947Z" })
    }

    @Test("a key that was never used has no last use")
    func lastUsed() async throws {
        let never = "<UserName>b</UserName><AccessKeyLastUsed><ServiceName>N/A</ServiceName><Region>N/A</Region>"
        let bench = Bench(
            Self.answer("GetAccessKeyLastUsed", never + "</AccessKeyLastUsed>"),
            Self.answer("GetAccessKeyLastUsed", never + "<LastUsedDate>N/A</LastUsedDate></AccessKeyLastUsed>"),
            Self.answer(
                "GetAccessKeyLastUsed",
                "<AccessKeyLastUsed><LastUsedDate>2026-11-21T08:10:47Z</LastUsedDate><ServiceName>s3</ServiceName>"
                    + "<Region>eu-west-1</Region></AccessKeyLastUsed>"))
        let iam = IAMClient(bench.client)
        #expect(try await iam.getAccessKeyLastUsed("AKIA1") == nil)
        #expect(try await iam.getAccessKeyLastUsed("AKIA1") == nil)
        let use = try await iam.getAccessKeyLastUsed("AKIA1")
        #expect(use?.at == StoppedClock.time && use?.service == "s3" && use?.region == "eu-west-1")
    }

    @Test("a last use that cannot be read is an error, never \"never used\"")
    func unreadableLastUse() async {
        for result in ["", "<AccessKeyLastUsed><LastUsedDate>yesterday</LastUsedDate></AccessKeyLastUsed>"] {
            let error = await Bench(Self.answer("GetAccessKeyLastUsed", result)).failure {
                try await IAMClient($0).getAccessKeyLastUsed("AKIA1")
            }
            #expect(error?.kind == .malformedAnswer)
        }
    }

    private static let user =
        "<Path>/backup/</Path><UserName>backup</UserName><UserId>AIDA1</UserId>"
        + "<Arn>arn:aws:iam::123456789012:user/backup/backup</Arn><CreateDate>2026-11-21T08:10:47Z</CreateDate>"

    @Test func readsUsersAndTags() async throws {
        let bench = Bench(
            Self.answer("GetUser", "<User>\(Self.user)</User>"),
            Self.answer("ListUsers", "<Users><member>\(Self.user)</member></Users><IsTruncated>false</IsTruncated>"),
            Self.answer(
                "ListUserTags",
                "<Tags><member><Key>keybaton</Key><Value></Value></member></Tags><IsTruncated>false</IsTruncated>"))
        let iam = IAMClient(bench.client)
        let user = try await iam.getUser("backup")
        #expect(user.name == "backup" && user.path == "/backup/" && user.created == StoppedClock.time)
        #expect(user.arn == "arn:aws:iam::123456789012:user/backup/backup")
        #expect(try await iam.listUsers(pathPrefix: "/backup/").all() == [user])
        let tags = try await iam.listUserTags(of: "backup").all()
        #expect(tags.map(\.key) == ["keybaton"] && tags.map(\.value) == [""])
        #expect(bench.sender.requests[1].text.hasSuffix("&PathPrefix=%2Fbackup%2F"))
    }

    @Test func theAnswerOfAnotherOperationIsAnError() async {
        let error = await Bench(Self.answer("GetUser", "")).failure {
            try await IAMClient($0).listAccessKeys(of: "backup").all()
        }
        #expect(error?.kind == .malformedAnswer)
    }
}
