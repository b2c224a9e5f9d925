import HTTPTransport

/// Finds the endpoint of a service from region, variants and configured URLs.
///
/// A table instead of botocore's rule language: the services we call need five rules.
package struct EndpointResolver: Sendable {
    /// Nil is an error, unless an endpoint is configured.
    package var region: String?
    package var useFIPS: Bool
    package var useDualStack: Bool
    /// Puts S3 buckets into the path even where a host name is possible.
    package var forcesPathStyle: Bool
    package var overrides: EndpointOverrides

    package init(
        region: String?, useFIPS: Bool = false, useDualStack: Bool = false, forcesPathStyle: Bool = false,
        overrides: EndpointOverrides = .none
    ) {
        self.region = region
        self.useFIPS = useFIPS
        self.useDualStack = useDualStack
        self.forcesPathStyle = forcesPathStyle
        self.overrides = overrides
    }

    /// `bucket` is for S3 only.
    ///
    /// Throws `EndpointError`, among others when a configured endpoint is neither https nor on this machine.
    package func endpoint(for service: AWSService, bucket: String? = nil) throws -> ResolvedEndpoint {
        let endpoint = try uncheckedEndpoint(for: service, bucket: bucket)
        guard endpoint.url.scheme == "https" || HostName.isLoopback(endpoint.url.host) else {
            throw EndpointError(
                code: .insecureURL,
                message:
                    "the endpoint configured for \(service.id), \(endpoint.url.scheme)://\(endpoint.url.authority), "
                    + "is not encrypted; use https (http is accepted for localhost only)")
        }
        return endpoint
    }

    /// As `endpoint`, without the demand for https; only for comparing the rules with those of others.
    package func uncheckedEndpoint(for service: AWSService, bucket: String? = nil) throws -> ResolvedEndpoint {
        if let region, !HostName.isValid(region, allowingDots: true) {
            throw EndpointError(
                code: .invalidRegion, message: "\"\(region)\" is not the name of a region; one looks like eu-west-1")
        }
        if let text = overrides.url(forServiceID: service.id) {
            return try configuredEndpoint(text, for: service, bucket: bucket)
        }
        guard let region else {
            throw EndpointError(
                code: .missingRegion,
                message: "no region is configured; set `region`, AWS_REGION or the region of the AWS profile")
        }
        let partition = Partition.of(region: region)
        if service == .iam {
            return ResolvedEndpoint(
                url: HTTPURL(scheme: "https", host: iamHost(in: partition)),
                signingRegion: partition.iam.signingRegion, signingName: service.signingName)
        }
        if service == .s3, useFIPS, partition.name == "aws-cn" {
            throw EndpointError(
                code: .unsupportedCombination, message: "S3 has no FIPS endpoints in China; turn FIPS endpoints off")
        }
        let endpoint = ResolvedEndpoint(
            url: HTTPURL(scheme: "https", host: host(of: service, in: partition, region: region)),
            signingRegion: signingRegion(for: service), signingName: service.signingName)
        return try service == .s3
            ? S3Addressing(forcesPathStyle: forcesPathStyle).place(bucket, in: endpoint) : endpoint
    }

    private func configuredEndpoint(
        _ text: String, for service: AWSService, bucket: String?
    ) throws -> ResolvedEndpoint {
        guard var url = HTTPURL(text), url.query == nil,
            HostName.isAddress(url.host) || HostName.isValid(url.host, allowingDots: true)
        else {
            throw EndpointError(
                code: .invalidURL,
                message: "the endpoint configured for \(service.id) is not a URL like https://host:port/path")
        }
        if useFIPS || useDualStack {
            throw EndpointError(
                code: .unsupportedCombination,
                message: "\(useDualStack ? "dual-stack" : "FIPS") endpoints and the endpoint configured for "
                    + "\(service.id) exclude each other; remove one of the two settings")
        }
        while url.path.count > 1, url.path.hasSuffix("/") { url.path.removeLast() }
        // S3 alone insists on a region even here: a signature for the wrong one is refused by any S3 server.
        if region == nil, service == .s3 {
            throw EndpointError(
                code: .missingRegion, message: "no region is configured for S3; set `region` or AWS_REGION")
        }
        let endpoint = ResolvedEndpoint(
            url: url, signingRegion: signingRegion(for: service), signingName: service.signingName)
        return try service == .s3
            ? S3Addressing(forcesPathStyle: forcesPathStyle).place(bucket, in: endpoint) : endpoint
    }

    /// The SDKs' `aws-global` and a configured endpoint without a region are signed for us-east-1.
    private func signingRegion(for service: AWSService) -> String {
        guard let region else { return "us-east-1" }
        if service == .iam { return Partition.of(region: region).iam.signingRegion }
        return region == "aws-global" ? "us-east-1" : region
    }

    private func iamHost(in partition: Partition) -> String {
        switch (useFIPS, useDualStack) {
        case (false, false): partition.iam.host
        case (true, false): partition.iam.fipsHost
        case (false, true): partition.iam.dualStackHost
        case (true, true): partition.iam.fipsDualStackHost
        }
    }

    private func host(of service: AWSService, in partition: Partition, region: String) -> String {
        if region == "aws-global", !useFIPS, !useDualStack { return "\(service.rawValue).\(partition.suffix)" }
        let region = region == "aws-global" ? "us-east-1" : region
        if service == .s3 {
            return (useFIPS ? "s3-fips" : "s3") + (useDualStack ? ".dualstack" : "") + ".\(region).\(partition.suffix)"
        }
        let isDualStack = useDualStack && !service.isDualStackOnStandardHosts(in: partition, fips: useFIPS)
        let isPlainFIPS = partition.name == "aws-us-gov" && !useDualStack && service.hasNoFIPSHostInGovCloud
        return service.rawValue + (useFIPS && !isPlainFIPS ? "-fips" : "") + ".\(region)."
            + (isDualStack ? partition.dualStackSuffix : partition.suffix)
    }
}
