import FoundationEssentials
import Secrets

extension AWSCredentials {
    /// Checks what came from outside: parts that end up in headers must not be able to break out of them.
    ///
    /// Throws `CredentialsError` (`invalidConfiguration`) that names the part and the source, never the value.
    static func checked(
        id: String?, secret: String?, token: String?, expiration: Date? = nil, source: String
    ) throws(CredentialsError) -> AWSCredentials {
        func check(_ value: String?, _ part: String) throws(CredentialsError) -> String {
            guard let value = Setting.nonBlank(value) else {
                throw CredentialsError(.invalidConfiguration, "\(source): the \(part) is missing")
            }
            guard value.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
                throw CredentialsError(
                    .invalidConfiguration,
                    "\(source): the \(part) contains white space or characters that AWS never uses; was it pasted whole?"
                )
            }
            return value
        }
        return AWSCredentials(
            accessKeyID: try check(id, "access key id"),
            secretAccessKey: Secret(try check(secret, "secret access key")),
            sessionToken: Setting.nonBlank(token) == nil ? nil : Secret(try check(token, "session token")),
            expiration: expiration, source: source)
    }
}
