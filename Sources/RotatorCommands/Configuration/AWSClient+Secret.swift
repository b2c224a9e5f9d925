import AWS

extension AWSClient {
    /// For a secret by name or ARN: an ARN names its region, and only there is the secret known.
    func forSecret(_ name: String) -> AWSClient {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 6, parts[0] == "arn", !parts[3].isEmpty else { return self }
        return inRegion(String(parts[3]))
    }
}
