/// A separate AWS with its own accounts and domain names.
package struct Partition: Sendable {
    /// The second part of its ARNs.
    package let name: String
    /// A region belongs here when it is one of these, a word and a number, joined by hyphens.
    let regionPrefixes: [String]
    let suffix: String
    let dualStackSuffix: String
    let iam: GlobalEndpoint

    /// IAM has one endpoint a partition, whose name follows no rule.
    struct GlobalEndpoint: Sendable {
        let signingRegion: String
        let host: String
        let fipsHost: String
        let dualStackHost: String
        let fipsDualStackHost: String
    }

    /// The partition of a region; `aws` for regions that are not known yet, as the SDKs do.
    package static func of(region: String) -> Partition {
        all.first { $0.contains(region) } ?? aws
    }

    private func contains(_ region: String) -> Bool {
        if region == "\(name)-global" { return true }
        let parts = region.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, let number = parts.last, let word = parts.dropLast().last else { return false }
        return !number.isEmpty && number.utf8.allSatisfy { 0x30...0x39 ~= $0 }
            && !word.isEmpty && word.utf8.allSatisfy(\.isLetterOrDigit)
            && regionPrefixes.contains(parts.dropLast(2).joined(separator: "-"))
    }
}

extension Partition {
    /// Facts of botocore's `partitions.json` and of its rule set for IAM.
    static let all = [aws, china, govCloud, europeanSovereign, iso, isoB, isoE, isoF]

    static let aws = Partition(
        name: "aws", regionPrefixes: ["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"], suffix: "amazonaws.com",
        dualStackSuffix: "api.aws",
        iam: GlobalEndpoint(
            signingRegion: "us-east-1", host: "iam.amazonaws.com", fipsHost: "iam-fips.amazonaws.com",
            dualStackHost: "iam.global.api.aws", fipsDualStackHost: "iam-fips.global.api.aws"))

    static let china = Partition(
        name: "aws-cn", regionPrefixes: ["cn"], suffix: "amazonaws.com.cn",
        dualStackSuffix: "api.amazonwebservices.com.cn",
        iam: GlobalEndpoint(
            signingRegion: "cn-north-1", host: "iam.cn-north-1.amazonaws.com.cn",
            fipsHost: "iam-fips.amazonaws.com.cn", dualStackHost: "iam.global.api.amazonwebservices.com.cn",
            fipsDualStackHost: "iam-fips.api.amazonwebservices.com.cn"))

    static let govCloud = Partition(
        name: "aws-us-gov", regionPrefixes: ["us-gov"], suffix: "amazonaws.com", dualStackSuffix: "api.aws",
        iam: GlobalEndpoint(
            signingRegion: "us-gov-west-1", host: "iam.us-gov.amazonaws.com", fipsHost: "iam.us-gov.amazonaws.com",
            dualStackHost: "iam.us-gov.api.aws", fipsDualStackHost: "iam.us-gov.api.aws"))

    private static let europeanSovereign = isolated(
        "aws-eusc", "eusc-de", "amazonaws.eu", "api.amazonwebservices.eu", iamRegion: "eusc-de-east-1",
        iamFIPSHost: "iam-fips.amazonaws.eu")
    private static let iso = isolated(
        "aws-iso", "us-iso", "c2s.ic.gov", "api.aws.ic.gov", iamRegion: "us-iso-east-1",
        iamFIPSHost: "iam-fips.us-iso-east-1.c2s.ic.gov")
    private static let isoB = isolated(
        "aws-iso-b", "us-isob", "sc2s.sgov.gov", "api.aws.scloud", iamRegion: "us-isob-east-1",
        iamFIPSHost: "iam-fips.us-isob-east-1.sc2s.sgov.gov")
    private static let isoE = isolated(
        "aws-iso-e", "eu-isoe", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", iamRegion: "eu-isoe-west-1",
        iamFIPSHost: "iam-fips.cloud.adc-e.uk")
    private static let isoF = isolated(
        "aws-iso-f", "us-isof", "csp.hci.ic.gov", "api.aws.hci.ic.gov", iamRegion: "us-isof-south-1",
        iamFIPSHost: "iam-fips.csp.hci.ic.gov")

    /// The younger partitions, whose IAM hosts differ in the FIPS one only.
    private static func isolated(
        _ name: String, _ regionPrefix: String, _ suffix: String, _ dualStackSuffix: String, iamRegion: String,
        iamFIPSHost: String
    ) -> Partition {
        Partition(
            name: name, regionPrefixes: [regionPrefix], suffix: suffix, dualStackSuffix: dualStackSuffix,
            iam: GlobalEndpoint(
                signingRegion: iamRegion, host: "iam.\(iamRegion).\(suffix)", fipsHost: iamFIPSHost,
                dualStackHost: "iam.\(dualStackSuffix)", fipsDualStackHost: "iam-fips.\(dualStackSuffix)"))
    }
}
