/// A service that Keybaton calls; the raw value is the first label of its hosts.
package enum AWSService: String, Sendable, CaseIterable {
    case ssm, s3, iam, sts, sns
    case secretsManager = "secretsmanager"
    case ses = "email"

    /// The service's id in the SDKs, after which settings such as `AWS_ENDPOINT_URL_<SERVICE>` are named.
    package var id: String {
        switch self {
        case .ssm: "SSM"
        case .s3: "S3"
        case .iam: "IAM"
        case .sts: "STS"
        case .sns: "SNS"
        case .secretsManager: "Secrets Manager"
        case .ses: "SESv2"
        }
    }

    /// The name in a signature's scope.
    package var signingName: String {
        self == .ses ? "ses" : rawValue
    }

    /// In GovCloud the standard hosts of these are FIPS hosts, and there are no `-fips` ones.
    var hasNoFIPSHostInGovCloud: Bool {
        switch self {
        case .ssm, .sts, .sns: true
        case .s3, .iam, .secretsManager, .ses: false
        }
    }

    /// The standard hosts of these answer over IPv6 too, and there are none under the dual-stack suffix.
    func isDualStackOnStandardHosts(in partition: Partition, fips: Bool) -> Bool {
        switch self {
        case .secretsManager: ["aws", "aws-us-gov"].contains(partition.name) || partition.name == "aws-cn" && !fips
        case .ssm, .s3, .iam, .sts, .sns, .ses: false
        }
    }
}
