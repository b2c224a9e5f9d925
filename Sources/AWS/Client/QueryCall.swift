import HTTPTransport

/// The query protocol of IAM, STS and SNS: a form in, XML out.
extension AWSCall {
    package static func query(
        _ service: AWSService, _ operation: String, version: String, _ parameters: [(name: String, value: String?)]
    ) -> AWSCall {
        let all = [("Action", operation), ("Version", version)] + parameters
        let form = all.compactMap { name, value in
            value.map { "\(PercentEncoding.encode(name))=\(PercentEncoding.encode($0))" }
        }
        return AWSCall(
            service: service, operation: operation, method: "POST",
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(form.joined(separator: "&").utf8))
    }
}

extension AWSClient {
    /// Sends a query call and returns what its answer wraps in `<operation>Result`.
    package func queryResult(_ call: AWSCall) async throws -> XMLAnswer {
        let response = try await send(call)
        let answer = try XMLAnswer(call, response)
        guard answer.root.name == "\(call.operation)Response" else {
            throw AWSError.malformed(call, response, "not a \(call.operation)Response")
        }
        return try answer.child("\(call.operation)Result")
    }
}
