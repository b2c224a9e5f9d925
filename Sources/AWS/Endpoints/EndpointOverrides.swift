/// The endpoints that a user has configured instead of AWS's own.
///
/// Order: argument, `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the profile's `services` section, the profile's
/// `endpoint_url`. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
package struct EndpointOverrides: Sendable, Equatable {
    private var argument: String?
    private var environment: [String: String] = [:]
    private var profile: [String: String] = [:]
    /// By service.
    private var services: [String: [String: String]] = [:]

    package static let none = EndpointOverrides()

    private init() {}

    /// `ignoresConfigured` leaves the argument alone; `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` and the profile's
    /// `ignore_configured_endpoint_urls` do the same.
    package init(
        argument: String? = nil, ignoresConfigured: Bool = false, environment: [String: String] = [:],
        configuration: SharedConfiguration = .empty, profile name: String = "default"
    ) {
        self.argument = argument
        let section = configuration.profiles[name]
        let ignores =
            ignoresConfigured
            || Setting.isTrue(environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"])
            || Setting.isTrue(section?["ignore_configured_endpoint_urls"])
        guard !ignores else { return }
        self.environment = environment.filter { $0.key.hasPrefix("AWS_ENDPOINT_URL") }
        profile["endpoint_url"] = section?["endpoint_url"]
        if let section = section?["services"].flatMap({ configuration.services[$0] }) {
            services = section.nestedProperties
        }
    }

    /// The configured URL as it was written, unchecked; nil when there is none.
    ///
    /// `serviceID` is the SDKs' name of the service, for example "Secrets Manager".
    package func url(forServiceID serviceID: String) -> String? {
        let name = String(serviceID.map { $0 == " " || $0 == "-" ? "_" : $0 })
        let candidates = [
            argument,
            environment["AWS_ENDPOINT_URL_" + name.uppercased()],
            environment["AWS_ENDPOINT_URL"],
            services[name.lowercased()]?["endpoint_url"],
            profile["endpoint_url"],
        ]
        return candidates.lazy.compactMap(Setting.nonBlank).first
    }
}
