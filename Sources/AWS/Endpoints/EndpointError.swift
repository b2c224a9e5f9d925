/// There is no endpoint for these settings.
package struct EndpointError: Error, Equatable, Sendable, CustomStringConvertible {
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind {
            case missingRegion, invalidRegion, invalidURL, insecureURL, unsupportedCombination, unsupportedBucket
        }
        private let kind: Kind

        package static let missingRegion = Code(kind: .missingRegion)
        package static let invalidRegion = Code(kind: .invalidRegion)
        /// A configured endpoint that is no http or https URL.
        package static let invalidURL = Code(kind: .invalidURL)
        /// A configured endpoint that would send requests, and so signatures and secrets, unprotected.
        package static let insecureURL = Code(kind: .insecureURL)
        /// FIPS or dual-stack where there is no such endpoint.
        package static let unsupportedCombination = Code(kind: .unsupportedCombination)
        /// Access points, directory buckets and the like, or an empty name.
        package static let unsupportedBucket = Code(kind: .unsupportedBucket)

        package var description: String { "\(kind)" }
    }

    package let code: Code
    package let message: String

    package var description: String { message }
}
