import Glibc
import HostSystem
import Testing

@testable import AgentCommands

/// With whose rights root's agent touches a target, for all that the path and the configuration can say.
struct TargetEditorTests {
    let nobody: UserAccount
    let root: UserAccount

    init() throws {
        nobody = try #require(try UserAccount.named("nobody"))
        root = try #require(try UserAccount.named("root"))
    }

    private func editor(_ configured: UserAccount?, _ owner: PathOwner) -> TargetEditor {
        TargetEditor(path: "/p", configured: configured, .success(owner))
    }

    @Test func `Where only root can write, root edits, and the file is whose it is said to be`() throws {
        let status = try #require(try Directory(path: "/etc").status(of: "passwd"))
        #expect(editor(nil, .nobody(status)) == .agent(fileOwner: 0))
        #expect(editor(nil, .nobody(nil)) == .agent(fileOwner: 0))
        #expect(editor(nobody, .nobody(nil)) == .agent(fileOwner: nobody.userID))
        #expect(editor(nil, .missing(directory: "/p")) == .agent(fileOwner: 0))
    }

    @Test func `A home is edited by a worker of its owner, or of the user that the configuration names`() {
        let home = PathOwner.user(1000, group: 100, at: "/h")
        #expect(editor(nil, home) == .worker(1000, group: 100))
        #expect(editor(nobody, home) == .worker(nobody.userID, group: nobody.groupID))
        #expect(editor(nobody, .several(at: "/tmp")) == .worker(nobody.userID, group: nobody.groupID))
        #expect(editor(nobody, .missing(directory: "/p")) == .worker(nobody.userID, group: nobody.groupID))
    }

    @Test func `Root is never the one who touches what others can change, even if it is told to`() {
        for owner in [PathOwner.user(1000, group: 100, at: "/h"), .several(at: "/h")] {
            guard case .refused(let reason) = editor(root, owner) else {
                Issue.record("\(editor(root, owner))")
                continue
            }
            #expect(reason.contains("/h") && reason.contains("owner"))
        }
        guard case .refused(let reason) = editor(nil, .several(at: "/tmp")) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("owner = \"NAME\""))
    }

    @Test func `What cannot be seen needs an owner by name`() {
        let error = SystemCallError(call: "open", path: "/p", code: EACCES)
        #expect(
            TargetEditor(path: "/p", configured: nil, .failure(error))
                == .refused("/p: whose it is cannot be seen (open /p: Permission denied); say it with owner = \"NAME\"")
        )
        #expect(
            TargetEditor(path: "/p", configured: nobody, .failure(error))
                == .worker(nobody.userID, group: nobody.groupID))
    }
}
