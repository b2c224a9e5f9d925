import AWS
import Console
import Notifications

/// `[[notify.sns]]`
struct SNSSettings: Decodable, Sendable {
    /// The topic's ARN, which names its region.
    var topic: String
    var events: [String]?

    func notifier(_ services: NotifyServices) throws(InvalidSetting) -> SNSNotifier {
        let parts = topic.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "sns", !parts[3].isEmpty, !parts[5].isEmpty,
            topic.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw InvalidSetting(
                "sns: `topic` must be the topic's ARN, as in arn:aws:sns:eu-west-1:123456789012:keybaton")
        }
        return SNSNotifier(SNSClient(services.client.inRegion(String(parts[3]))), topic: topic)
    }

    var permissions: [AccessPolicy.Statement] { [.init(actions: ["sns:Publish"], resources: [topic])] }
}

/// `[[notify.ses]]`
struct SESSettings: Decodable, Sendable {
    /// An address that SES has verified, or one of a verified domain.
    var from: String
    var to: [String]?
    /// The tag of an IAM user that holds its own address: `mail` where `to` is missing.
    var userTag: String?
    /// Where SES is used; the configuration's region unless named.
    var region: String?
    var events: [String]?

    enum CodingKeys: String, CodingKey {
        case from, to, region, events
        case userTag = "user_tag"
    }

    static let usualTag = "mail"

    /// Whether users are asked for their tags.
    var readsTags: Bool { userTag != nil || (to ?? []).isEmpty }

    /// SES knows the sender as one of two identities: its address, or all of its domain.
    func permissions(_ names: ResourceNames) -> [AccessPolicy.Statement] {
        let domain = from.split(separator: "@").last.map(String.init) ?? from
        return [
            .init(
                actions: ["ses:SendEmail"],
                resources: [from, domain].map {
                    "arn:\(names.partition):ses:\(region ?? names.region):\(names.account):identity/\($0)"
                })
        ]
    }

    func notifiers(_ services: NotifyServices) throws(InvalidSetting) -> [SESNotifier] {
        let sender = try address(from, "from")
        var recipients: [MailAddress] = []
        for text in to ?? [] { recipients.append(try address(text, "to")) }
        guard userTag != "" else {
            throw InvalidSetting("ses: `user_tag` must not be empty: name a tag, or leave it out")
        }
        let tag = userTag ?? (recipients.isEmpty ? Self.usualTag : nil)
        let client = region.map { services.client.inRegion($0) } ?? services.client
        let all: [SESNotifier.Recipients] =
            (recipients.isEmpty ? [] : [.addresses(recipients)]) + (tag.map { [.tag($0, besides: recipients)] } ?? [])
        return all.map { SESNotifier(SESClient(client), from: sender, to: $0) }
    }

    private func address(_ text: String, _ setting: String) throws(InvalidSetting) -> MailAddress {
        guard let address = MailAddress(text) else {
            throw InvalidSetting(
                "ses: `\(setting)`: \(text.printable) is not one mail address; write it without a name, as in "
                    + "keybaton@example.org")
        }
        return address
    }
}
