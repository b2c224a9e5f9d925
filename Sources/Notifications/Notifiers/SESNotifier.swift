import AWS

/// Mail by Amazon SES, to addresses of the configuration and to the one that the user's own tag names.
package struct SESNotifier: Notifier {
    package let name: String
    private let ses: SESClient
    private let sender: MailAddress
    private let recipients: [MailAddress]
    /// Nil: no tag is asked for.
    private let tag: String?

    package init(_ ses: SESClient, from sender: MailAddress, to recipients: [MailAddress], tag: String?) {
        self.ses = ses
        self.sender = sender
        self.recipients = recipients
        self.tag = tag
        let places = recipients.map(\.description) + (tag.map { ["tag \($0)"] } ?? [])
        name = "ses \(places.joined(separator: ", "))"
    }

    package func deliver(_ message: Message, tags: @escaping UserTags) async throws(NotifierProblem) {
        let recipients = try await recipients(of: message, tags)
        do {
            try await ses.sendEmail(
                from: sender.description, to: recipients.map(\.description),
                subject: message.subject.onOneLine(limit: 200), text: message.text)
        } catch let error as AWSError where error.code.hasPrefix("MessageRejected") {
            throw NotifierProblem(
                error,
                advice: "Verify the sender in SES; while SES keeps the account in its own sandbox, the recipients too")
        } catch let error as AWSError where error.code.hasPrefix("MailFromDomainNotVerified") {
            throw NotifierProblem(error, advice: "Verify the sender's domain in SES")
        } catch {
            throw NotifierProblem(error)
        }
    }

    private func recipients(of message: Message, _ tags: UserTags) async throws(NotifierProblem) -> [MailAddress] {
        guard let tag, message.user != nil else {
            guard recipients.isEmpty else { return recipients }
            throw NotifierProblem("only users with a tag are written to: name a user, or an address in `to`")
        }
        let value: String?
        do {
            value = try await tags(tag)
        } catch {
            throw NotifierProblem(error)
        }
        guard let value else {
            // Where somebody is told anyway, a user need not have an address.
            guard recipients.isEmpty else { return recipients }
            throw NotifierProblem(
                "the IAM user has no tag `\(tag)`: tag the user with a mail address, or name one in `to`")
        }
        guard let address = MailAddress(value) else {
            throw NotifierProblem("the IAM user's tag `\(tag)` is not one mail address: correct it")
        }
        return recipients.contains(address) ? recipients : recipients + [address]
    }
}
