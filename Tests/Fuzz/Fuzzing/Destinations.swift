@testable import Destinations
import Secrets

/// A secret that can be read takes the key, keeps every other field byte for byte, and is not changed by the same key again.
func fuzzSecret(_ bytes: [UInt8]) {
    // Secrets Manager has text only.
    let text = Array(String(decoding: bytes, as: UTF8.self).utf8)
    guard let id = AccessKeyID("AKIAIOSFODNN7EXAMPLE"),
        let key = AccessKey(id: id, secret: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
    else { preconditionFailure("names") }
    guard let document = try? SecretDocument(Secret(text), .standard),
        let edited = try? document.installing(key)
    else { return }
    precondition(edited.key == key)
    precondition((try? edited.installing(key)) == edited)
    let fields = SecretFields.standard
    guard let old = JSONMembers(text), let new = JSONMembers(edited.text.withBytes { Array($0) }) else {
        preconditionFailure("no members")
    }
    precondition(new.areDistinct)
    for member in old.members where ![fields.id, fields.secret].contains(member.name) {
        guard let kept = new[member.name] else { preconditionFailure("a field is gone") }
        precondition(new.text[kept.value] == old.text[member.value])
    }
    let added = [fields.id, fields.secret].count { old[$0] == nil }
    precondition(new.members.count == old.members.count + added)
}

/// An outfile that can be read loses nobody when it is written.
func fuzzOutfile(_ bytes: [UInt8]) {
    guard let document = OutfileDocument(bytes) else { return }
    let written = document.text.withBytes { Array($0) }
    guard let again = OutfileDocument(written) else { preconditionFailure("not read again") }
    precondition(again.keys == document.keys && again.text == document.text)
}
