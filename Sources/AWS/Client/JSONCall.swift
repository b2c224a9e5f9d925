import FoundationEssentials
import HTTPTransport

/// The JSON protocol of Systems Manager and Secrets Manager: an operation of `target` in a header, JSON in, JSON out.
extension AWSCall {
    package static func json(
        _ service: AWSService, target: String, _ operation: String, _ input: some Encodable
    ) throws -> AWSCall {
        AWSCall(
            service: service, operation: operation, method: "POST",
            headers: [
                HTTPHeader("Content-Type", "application/x-amz-json-1.1"),
                HTTPHeader("X-Amz-Target", "\(target).\(operation)"),
            ], body: Array(try JSONEncoder().encode(input)))
    }
}

extension AWSClient {
    /// Sends a JSON call and reads its answer.
    package func jsonResult<Output: Decodable>(_ call: AWSCall, _ type: Output.Type) async throws -> Output {
        let response = try await send(call)
        do {
            return try JSONDecoder().decode(type, from: Data(response.body))
        } catch {
            // The decoder's error may quote the value.
            throw AWSError.malformed(call, response, "the answer is not the JSON of \(call.operation)")
        }
    }
}
