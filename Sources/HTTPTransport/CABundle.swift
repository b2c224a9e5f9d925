import Glibc

/// Finds the certificates that a server's chain must end in.
enum CABundle {
    /// Debian and its family, then Amazon Linux and its family.
    private static let systemPaths = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]

    /// The given file, else `AWS_CA_BUNDLE`, else the system's. Throws when that one cannot be read: falling back to
    /// another would trust what the operator did not choose.
    static func path(given: String?, environment: [String: String]) throws(HTTPError) -> String {
        let variable = environment["AWS_CA_BUNDLE"].flatMap { $0.isEmpty ? nil : $0 }
        guard let chosen = given ?? variable else {
            guard let system = systemPaths.first(where: { access($0, R_OK) == 0 }) else {
                throw HTTPError(
                    .configuration, host: "",
                    message: "no CA certificates at \(systemPaths.joined(separator: " or ")); install ca-certificates")
            }
            return system
        }
        guard access(chosen, R_OK) == 0 else {
            let origin = given == nil ? " (from AWS_CA_BUNDLE)" : ""
            throw HTTPError(
                .configuration, host: "",
                message: "the CA bundle \(chosen)\(origin) cannot be read: \(String(cString: strerror(errno)))")
        }
        return chosen
    }
}
