import CredentialsFile
import FoundationEssentials
import HostSystem
import Refresher
import Testing

@testable import Worker

/// What goes between the agent and a worker: everything arrives as it was, and nothing else is taken for it.
struct MessageTests {
    @Test func `A place in a file crosses in the configuration's words, whatever its format`() throws {
        let profile = try ProfileName("s3")
        let id = try #require(VariableName("S3_ID"))
        let slots: [KeySlot] = [
            .awsCredentials(profile), .awsConfig(profile), .rclone(remote: profile), .s3cfg, .json,
            .environment(id: id, secret: .secretAccessKey),
        ]
        for slot in slots {
            let target = TargetDescription(
                path: "/x", slot: slot, allowsRewritingInPlace: true, owner: 1, group: 2, permissions: 0o640,
                patience: .milliseconds(1500))
            let text = try JSONEncoder().encode(target)
            #expect(try JSONDecoder().decode(TargetDescription.self, from: text) == target)
        }
    }

    @Test(
        arguments: [
            #"{"format":"aws-credentials"}"#, #"{"format":"aws-credentials","profile":"a]\nb"}"#, #"{"format":"ini"}"#,
            #"{"format":"env","id_variable":"A","secret_variable":"B C"}"#, #"{}"#,
        ])
    func `A place that no configuration could name is refused`(_ text: String) {
        #expect(throws: (any Error).self) { try JSONDecoder().decode(KeySlot.self, from: Data(text.utf8)) }
    }

    @Test func `Contents and warnings cross as they are`() throws {
        let contents: [TargetContent] = [
            .empty, .key(key("A")), .keyWithSessionToken(key("B")), .foreign(description: "line 2: \u{1F511}"),
        ]
        for content in contents {
            let text = try JSONEncoder().encode(ContentText(content))
            #expect(try JSONDecoder().decode(ContentText.self, from: text).content == content)
        }
        let installation = Installation(
            changed: true,
            warnings: [
                .hardLinks(count: 2), .readableByOthers(permissions: 0o644), .byteOrderMark,
                .attributeNotKept("user.x"),
                .notLocked, .rewrittenInPlace, .directoryWritableByOthers("/h"),
            ])
        let text = try JSONEncoder().encode(WorkerMessage.Answer.installation(installation))
        guard case .installation(installation) = try JSONDecoder().decode(WorkerMessage.Answer.self, from: text) else {
            Issue.record("\(String(decoding: text, as: UTF8.self))")
            return
        }
    }

    @Test func `What is no key is not taken for one`() throws {
        let text = Data(#"{"id":"AKIAAAAAAAAAAAAAAAAA","secret":"with a space in it, too long to be one"}"#.utf8)
        #expect(throws: MalformedMessage.self) { try JSONDecoder().decode(KeyText.self, from: text).key }
    }
}
