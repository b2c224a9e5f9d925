import AWS

/// A topic of Amazon SNS.
package struct SNSNotifier: Notifier {
    package let name: String
    private let sns: SNSClient
    private let topic: String

    package init(_ sns: SNSClient, topic: String) {
        self.sns = sns
        self.topic = topic
        name = "sns \(topic)"
    }

    package func deliver(_ message: Message, tags: @escaping UserTags) async throws(NotifierProblem) {
        do {
            try await sns.publish(
                topic: topic, subject: message.subject.plainASCII(limit: 99), message: message.text,
                attributes: [("event", message.event)] + (message.user.map { [("user", "\($0)")] } ?? []))
        } catch {
            throw NotifierProblem(error)
        }
    }
}

extension NotifierProblem {
    init(_ error: any Error, advice: String = "") {
        self.init(advice.isEmpty ? "\(error)" : "\(error). \(advice)", reach: Reach(error))
    }
}

extension NotifierProblem.Reach {
    /// What AWS refuses for none of the reasons that concern every request, it refuses for the message.
    fileprivate init(_ error: any Error) {
        guard let error = error as? AWSError else {
            self = .notifier
            return
        }
        self =
            switch error.kind {
            case .noAnswer: .run
            case .other where error.status == 400: .message
            default: .notifier
            }
    }
}

extension String {
    /// As much as is ASCII of it, with Spanish letters written as their relatives. A subject of SNS may hold nothing else:
    /// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    func plainASCII(limit: Int) -> String {
        let relatives: [Character: Character] = [
            "á": "a", "é": "e", "í": "i", "ó": "o", "ú": "u", "ü": "u", "ñ": "n", "Á": "A", "É": "E", "Í": "I",
            "Ó": "O", "Ú": "U", "Ü": "U", "Ñ": "N",
        ]
        let text = String(onOneLine(limit: .max).map { relatives[$0] ?? ($0.isASCII ? $0 : "?") })
        return text.utf8.count <= limit ? text : text.prefix(limit - 3) + "..."
    }
}
