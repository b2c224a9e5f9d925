extension EndpointResolver {
    /// From arguments, then the environment, then the profile.
    ///
    /// Reads AWS_REGION, AWS_DEFAULT_REGION, AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT, the variables of
    /// `EndpointOverrides`, and the settings of the same meaning of the profile.
    package init(
        environment: [String: String], configuration: SharedConfiguration = .empty, profile: String = "default",
        region: String? = nil, endpointURL: String? = nil
    ) {
        let section = configuration.profiles[profile]
        func isOn(_ variable: String, _ setting: String) -> Bool {
            Setting.isTrue(Setting.nonBlank(environment[variable]) ?? section?[setting])
        }
        self.init(
            region: Setting.nonBlank(region) ?? Setting.nonBlank(environment["AWS_REGION"])
                ?? Setting.nonBlank(environment["AWS_DEFAULT_REGION"]) ?? section?["region"],
            useFIPS: isOn("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
            useDualStack: isOn("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
            overrides: EndpointOverrides(
                argument: endpointURL, environment: environment, configuration: configuration, profile: profile))
    }
}
