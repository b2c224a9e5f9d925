import AWS
import Console
import FoundationEssentials
import HTTPTransport

/// Whether the services can be reached, and what time it is there: one unsigned request to each host.
struct EndpointExamination {
    let resolver: EndpointResolver
    let bucket: String
    let sender: any HTTPSender
    /// For the advice about a certificate.
    let caBundle: String
    let now: @Sendable () -> Date

    private static let limits = HTTPLimits(
        connectTimeout: .seconds(10), totalTimeout: .seconds(15), maximumBodySize: 1 << 20)

    struct Result: Sendable {
        var findings: [Finding] = []
        /// How far each service's clock is ahead of this machine's.
        var skews: [Duration] = []
    }

    func execute() async -> Result {
        var result = Result()
        var services: [HTTPURL: [String]] = [:]
        for service in [AWSService.ssm, .sts, .s3] {
            do {
                var url = try resolver.endpoint(for: service, bucket: service == .s3 ? bucket : nil).url
                url.path = "/"
                services[url, default: []].append(service.id)
            } catch {
                result.findings.append(
                    .problem(
                        .configuration, .endpoint, service.id, "\(error)",
                        mend: "correct `region` and `bucket`, or the variables AWS_ENDPOINT_URL…"))
            }
        }
        for (url, names) in services.sorted(by: { $0.value[0] < $1.value[0] }) {
            let (finding, skew) = await look(at: url, for: names.joined(separator: ", "))
            result.findings.append(finding)
            if let skew { result.skews.append(skew) }
        }
        return result
    }

    private func look(at url: HTTPURL, for services: String) async -> (Finding, Duration?) {
        let subject = "\(url.authority) (\(services))"
        do {
            let sent = now()
            let answer = try await answer(of: url)
            // The date has whole seconds: the middle of that second against the middle of the exchange.
            let middle = sent.addingTimeInterval(now().timeIntervalSince(sent) / 2)
            let skew = answer.serverDate.map { Duration.seconds($0.timeIntervalSince(middle) + 0.5) }
            return (.ok(.endpoint, subject, "answers\(url.scheme == "https" ? " over TLS" : "")"), skew)
        } catch {
            return (.problem(status(of: error), .endpoint, subject, error.message, mend: advice(for: error)), nil)
        }
    }

    /// Any answer will do. A lost packet is not a finding, so it is asked twice.
    private func answer(of url: HTTPURL) async throws(HTTPError) -> HTTPResponse {
        let request = HTTPRequest(method: "HEAD", url: url)
        do {
            return try await sender.send(request, limits: Self.limits)
        } catch {
            guard [.resolve, .connect, .timeout, .connectionLost].contains(error.code) else { throw error }
            return try await sender.send(request, limits: Self.limits)
        }
    }

    private func status(of error: HTTPError) -> ExitStatus {
        switch error.code {
        case .configuration, .refusedScheme, .malformed: .configuration
        default: .unavailable
        }
    }

    private func advice(for error: HTTPError) -> String {
        switch error.code {
        case .resolve: "check `region`, the DNS of this machine (getent hosts \(error.host)) and the proxy's name"
        case .tls:
            "the certificate must lead to one of \(caBundle) (AWS_CA_BUNDLE, else the system's): a proxy that opens TLS "
                + "needs its own in there; look at this machine's clock as well"
        case .connect, .timeout, .connectionLost:
            "check the network, the firewall (port 443 to AWS) and the variables HTTPS_PROXY and NO_PROXY"
        default: "check the variables AWS_ENDPOINT_URL… and HTTPS_PROXY"
        }
    }
}
