import FoundationEssentials
import Handover
import Notifications
import Secrets

private let key = AccessKeyID("AKIAIOSFODNN7EXAMPLE").flatMap {
    AccessKey(id: $0, secret: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
}

/// What was read means the same when it is written and read again.
func fuzzPublishedText(_ bytes: [UInt8]) {
    guard let published = try? PublishedKeys(parsing: Secret(bytes)) else { return }
    precondition((try? PublishedKeys(parsing: published.text)) == published)
}

/// Without a proof nothing is looked at, so the bytes are given a true one.
func fuzzCheckIn(_ bytes: [UInt8]) {
    guard let key, let user = UserName("backup"), let host = HostID("nas") else { preconditionFailure("names") }
    let mac = HMACSHA256.authenticationCode(for: Array("keybaton check-in v1\n".utf8) + bytes, key: key.secret)
    let signed = SignedCheckIn(body: bytes, proof: mac.hexadecimal)
    guard let checkIn = try? signed.verified(user: user, key: key, host: host) else { return }
    precondition(checkIn.user == user && checkIn.host == host && checkIn.keyID == key.id)
    // A refusal of what was just accepted would lose an acknowledgement.
    guard let again = try? SignedCheckIn(checkIn, heldSecret: key.secret) else { preconditionFailure("not written") }
    precondition((try? again.verified(user: user, key: key, host: host)) == checkIn)
}

func fuzzLegacyAck(_ bytes: [UInt8]) {
    _ = LegacyAck.keyID(fromBody: bytes, parameter: "/keybaton/backup")
    _ = LegacyAck.host(fromName: String(decoding: bytes, as: UTF8.self))
    if let user = UserName("backup") { _ = ObjectName.parseCheckIn(String(decoding: bytes, as: UTF8.self), user: user) }
}

/// A damaged book is an empty one; whatever is read is written and read again as the same.
func fuzzNoticeBook(_ bytes: [UInt8]) {
    let book = NoticeBook(decoding: bytes)
    guard let written = try? book.encoded() else { preconditionFailure("not written") }
    precondition(NoticeBook(decoding: written) == book)
    precondition(book.undelivered(now: Date(timeIntervalSince1970: 1_800_000_000)).count <= 50)
}
