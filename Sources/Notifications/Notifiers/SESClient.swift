package import AWS
import FoundationEssentials
import HTTPTransport

/// Amazon Simple Email Service, version 2 of its API.
package struct SESClient: Sendable {
    private let client: AWSClient

    package init(_ client: AWSClient) { self.client = client }

    /// Sends one plain text. SES makes the headers of it, and encodes what is not ASCII.
    package func sendEmail(from sender: String, to recipients: [String], subject: String, text: String) async throws {
        struct Part: Encodable {
            let Data: String
            let Charset = "UTF-8"
        }
        struct Input: Encodable {
            struct Destination: Encodable { let ToAddresses: [String] }
            struct Body: Encodable { let Text: Part }
            struct Simple: Encodable {
                let Subject: Part
                let Body: Body
            }
            struct Content: Encodable { let Simple: Simple }
            let FromEmailAddress: String
            let Destination: Destination
            let Content: Content
        }
        let input = Input(
            FromEmailAddress: sender, Destination: .init(ToAddresses: recipients),
            Content: .init(Simple: .init(Subject: Part(Data: subject), Body: .init(Text: Part(Data: text)))))
        var call = AWSCall(
            service: .ses, operation: "SendEmail", method: "POST",
            headers: [HTTPHeader("Content-Type", "application/json")], body: Array(try JSONEncoder().encode(input)))
        call.path = "/v2/email/outbound-emails"
        _ = try await client.send(call)
    }
}
