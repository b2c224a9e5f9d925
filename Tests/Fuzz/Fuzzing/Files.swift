import AgentCommands
import Console
import CredentialsFile
import Handover
import Rotation
@testable import RotatorCommands
import Secrets

/// Any bytes come back as they were, an edit does what it says, and the same edit again changes nothing.
func fuzz(_ bytes: [UInt8], _ slot: KeySlot?) {
    guard let slot, let id = AccessKeyID("AKIAIOSFODNN7EXAMPLE"),
        let key = AccessKey(id: id, secret: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
    else { preconditionFailure("names") }
    let document = slot.document(Secret(bytes))
    precondition(document.content.withBytes { $0.elementsEqual(bytes) })
    _ = try? document.heldKey()
    guard let edited = try? document.installing(key) else { return }
    precondition((try? edited.heldKey()) == HeldKey(key: key, hasSessionToken: false))
    precondition((try? edited.installing(key).content) == edited.content)
}

func fuzzJournal(_ bytes: [UInt8]) {
    guard let user = UserName("backup"), let journal = try? Journal(decoding: bytes, user: user) else { return }
    guard let written = try? journal.encoded() else { preconditionFailure("not written") }
    guard let again = try? Journal(decoding: written, user: user) else { preconditionFailure("not read again") }
    precondition((try? again.encoded()) == written)
}

func fuzzAgentConfiguration(_ bytes: [UInt8]) {
    guard isSafeForParser(bytes) else { return }
    let user = RunningUser(userID: 1000, home: "/home/alice", environment: [:])
    do throws(CommandFailure) {
        let configuration = try AgentConfiguration(
            text: String(decoding: bytes, as: UTF8.self), path: "agent.toml", user: user)
        precondition(configuration.keys.allSatisfy { $0.targets.allSatisfy { $0.path.hasPrefix("/") } })
    } catch {
        precondition(error.status == .configuration && error.description.hasPrefix("agent.toml: "))
    }
}

func fuzzRotatorConfiguration(_ bytes: [UInt8]) {
    guard isSafeForParser(bytes) else { return }
    do throws(CommandFailure) {
        _ = try ConfigurationFile.decode(
            RotatorConfiguration.self, from: String(decoding: bytes, as: UTF8.self), path: "rotator.toml"
        ).entries(path: "rotator.toml")
    } catch {
        precondition(error.status == .configuration && error.description.hasPrefix("rotator.toml: "))
    }
}

/// The TOML parser ends the process at a brace where a value should be, until it has
/// https://github.com/marzer/tomlplusplus/issues/294 mended. A person who writes one sees its message and code 134.
private func isSafeForParser(_ bytes: [UInt8]) -> Bool { !bytes.contains(UInt8(ascii: "}")) }
