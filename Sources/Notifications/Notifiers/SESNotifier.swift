import AWS

/// Mail by Amazon SES.
///
/// SES refuses a mail as a whole where it refuses one of its addresses: whoever is told by configuration and whoever a tag
/// names are two notifiers, so that none of them depends on the other.
package struct SESNotifier: Notifier {
    package enum Recipients: Sendable {
        case addresses([MailAddress])
        /// Whoever that tag of the user names, unless it is one of those who are told anyway.
        case tag(String, besides: [MailAddress])
    }

    package let name: String
    private let ses: SESClient
    private let sender: MailAddress
    private let recipients: Recipients

    package init(_ ses: SESClient, from sender: MailAddress, to recipients: Recipients) {
        self.ses = ses
        self.sender = sender
        self.recipients = recipients
        name =
            switch recipients {
            case .addresses(let addresses): "ses \(addresses.map(\.description).joined(separator: ", "))"
            case .tag(let tag, _): "ses tag \(tag)"
            }
    }

    package func deliver(_ message: Message, tags: @escaping UserTags) async throws(NotifierProblem) {
        let recipients: [MailAddress]
        switch self.recipients {
        case .addresses(let addresses): recipients = addresses
        case .tag(let tag, let besides):
            guard let address = try await address(in: tag, of: message, besides, tags) else { return }
            recipients = [address]
        }
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

    /// Nil where nobody else is to be told.
    private func address(
        in tag: String, of message: Message, _ besides: [MailAddress], _ tags: UserTags
    ) async throws(NotifierProblem) -> MailAddress? {
        guard message.user != nil else {
            throw NotifierProblem("only users with a tag are written to: name a user")
        }
        let value: String?
        do {
            value = try await tags(tag)
        } catch {
            throw NotifierProblem(error)
        }
        guard let value else {
            // Where somebody is told anyway, a user need not have an address; a test asks for it all the same.
            guard besides.isEmpty || message.isTest else { return nil }
            throw NotifierProblem("the IAM user has no tag `\(tag)`: tag the user with a mail address")
        }
        guard let address = MailAddress(value) else {
            throw NotifierProblem("the IAM user's tag `\(tag)` is not one mail address: correct it")
        }
        return besides.contains(address) ? nil : address
    }
}
