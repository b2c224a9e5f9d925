import AgentCommands
import Console
import CredentialsFile
import Handover
import Rotation
@testable import RotatorCommands
import Secrets

/// Any bytes come back as they were, and an edit that is made does what it says.
func fuzzCredentialsFile(_ bytes: [UInt8]) {
    let document = CredentialsDocument(Secret(bytes))
    guard let profile = try? ProfileName("default"), let id = AccessKeyID("AKIAIOSFODNN7EXAMPLE"),
        let key = AccessKey(id: id, secret: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
    else { preconditionFailure("names") }
    _ = try? document.heldKey(of: profile)
    guard let edited = try? document.installing(key, in: profile) else { return }
    precondition((try? edited.heldKey(of: profile)) == HeldKey(key: key, hasSessionToken: false))
    precondition((try? edited.installing(key, in: profile)) == edited)
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
            RotatorConfiguration.self, from: String(decoding: bytes, as: UTF8.self), path: "rotator.toml")
    } catch {
        precondition(error.status == .configuration && error.description.hasPrefix("rotator.toml: "))
    }
}

/// The TOML parser ends the process at a brace where a value should be, until it has
/// https://github.com/marzer/tomlplusplus/issues/294 mended. A person who writes one sees its message and code 134.
private func isSafeForParser(_ bytes: [UInt8]) -> Bool { !bytes.contains(UInt8(ascii: "}")) }
