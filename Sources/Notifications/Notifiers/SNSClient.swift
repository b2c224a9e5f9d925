package import AWS

/// Amazon Simple Notification Service.
package struct SNSClient: Sendable {
    private let client: AWSClient

    package init(_ client: AWSClient) { self.client = client }

    /// - Parameters:
    ///   - subject: fewer than 100 characters of ASCII without control characters; SNS refuses others.
    ///   - attributes: what subscriptions can be filtered by.
    package func publish(
        topic: String, subject: String, message: String, attributes: [(name: String, value: String)]
    ) async throws {
        var parameters: [(name: String, value: String?)] = [
            ("TopicArn", topic), ("Subject", subject), ("Message", message),
        ]
        for (index, attribute) in attributes.enumerated() {
            let entry = "MessageAttributes.entry.\(index + 1)"
            parameters += [
                ("\(entry).Name", attribute.name), ("\(entry).Value.DataType", "String"),
                ("\(entry).Value.StringValue", attribute.value),
            ]
        }
        _ = try await client.send(.query(.sns, "Publish", version: "2010-03-31", parameters))
    }
}
