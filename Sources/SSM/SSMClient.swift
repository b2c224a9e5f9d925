package import AWS
package import FoundationEssentials
package import Secrets

/// AWS Systems Manager Parameter Store.
package struct SSMClient: Sendable {
    private let client: AWSClient

    package init(_ client: AWSClient) { self.client = client }

    package struct Parameter: Sendable, Equatable {
        package let value: Secret
        package let version: Int
        /// nil when the service did not say.
        package let lastModified: Date?
        /// `SecureString`, `String` or `StringList`.
        package let type: String
    }

    /// The newest version, decrypted, or the one asked for.
    ///
    /// Throws an `AWSError` of kind `.notFound` when there is no such parameter or version.
    package func getParameter(_ name: String, version: Int? = nil) async throws -> Parameter {
        struct Input: Encodable {
            let Name: String
            let WithDecryption = true
        }
        struct Output: Decodable {
            struct Parameter: Decodable {
                let Value: String
                let Version: Int
                let LastModifiedDate: Double?
                let `Type`: String
            }
            let Parameter: Parameter
        }
        let call = try call("GetParameter", Input(Name: version.map { "\(name):\($0)" } ?? name))
        let output = try await client.jsonResult(call, Output.self).Parameter
        return Parameter(
            value: Secret(output.Value), version: output.Version,
            lastModified: output.LastModifiedDate.map { Date(timeIntervalSince1970: $0) }, type: output.`Type`)
    }

    /// Returns the version written.
    ///
    /// Throws an `AWSError` of kind `.preconditionFailed` when the parameter exists and `overwrite` is false. `keyID`
    /// names the KMS key of a `SecureString`; nil is the account's default key. The tier is not named: an advanced
    /// parameter cannot become a standard one again. A value that `allowedPattern` does not match is refused with
    /// `ParameterPatternMismatchException`. `signedAt` fixes the signature's time.
    package func putParameter(
        _ name: String, value: Secret, type: String = "SecureString", keyID: String? = nil, overwrite: Bool,
        description: String? = nil, allowedPattern: String? = nil, signedAt: Date? = nil
    ) async throws -> Int {
        struct Input: Encodable {
            let Name: String
            let Value: String
            let `Type`: String
            let KeyId: String?
            let Overwrite: Bool
            let Description: String?
            let AllowedPattern: String?
        }
        struct Output: Decodable { let Version: Int }
        var call = try call(
            "PutParameter",
            Input(
                Name: name, Value: value.reveal(), Type: type, KeyId: keyID, Overwrite: overwrite,
                Description: description, AllowedPattern: allowedPattern))
        call.isConfidential = true
        call.signing = signedAt.map { .at($0) } ?? .now
        return try await client.jsonResult(call, Output.self).Version
    }

    /// The type of a parameter and the key that encrypts it, as it was named; nil for none. Nil without such a parameter.
    ///
    /// Needs `ssm:DescribeParameters`, which cannot be limited to one parameter.
    package func describeParameter(_ name: String) async throws -> (type: String, keyID: String?)? {
        struct Input: Encodable {
            struct Filter: Encodable {
                let Key = "Name"
                let Option = "Equals"
                let Values: [String]
            }
            let ParameterFilters: [Filter]
            let NextToken: String?
        }
        struct Output: Decodable {
            struct Parameter: Decodable {
                let Name: String
                let `Type`: String
                let KeyId: String?
            }
            let Parameters: [Parameter]
            let NextToken: String?
        }
        // A page may be empty and not the last one.
        let pages = Pages<Output.Parameter> { token in
            let input = Input(ParameterFilters: [.init(Values: [name])], NextToken: token)
            let output = try await client.jsonResult(try call("DescribeParameters", input), Output.self)
            return (output.Parameters, output.NextToken)
        }
        for try await page in pages {
            if let found = page.first(where: { $0.Name == name }) { return (found.`Type`, found.KeyId) }
        }
        return nil
    }

    private func call(_ operation: String, _ input: some Encodable) throws -> AWSCall {
        try .json(.ssm, target: "AmazonSSM", operation, input)
    }
}
