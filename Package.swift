// swift-tools-version: 6.2
import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "keybaton",
    dependencies: [
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        // Without its default traits, which import the whole of Foundation.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Without its default trait, which imports the whole of Foundation.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    // A target may import only what stands above it.
    targets: [
        .systemLibrary(name: "CCurl"),
        .systemLibrary(name: "CExpat"),
        .systemLibrary(name: "CHostSystem"),
        .systemLibrary(name: "COpenSSL"),
        .systemLibrary(name: "CSodium"),
        .target(name: "Secrets", dependencies: ["COpenSSL"]),
        .target(name: "HostSystem", dependencies: ["CHostSystem"]),
        .target(name: "HTTPTransport", dependencies: ["CCurl", "COpenSSL"]),
        .target(name: "AWS", dependencies: ["CExpat", "HTTPTransport", "Secrets"]),
        // Not in AWS, which every program has all of: the dashboard must not have what makes, reads or deletes a key.
        .target(name: "IAM", dependencies: ["AWS", "Secrets"]),
        .target(name: "SSM", dependencies: ["AWS", "Secrets"]),
        .target(name: "SecretsManager", dependencies: ["AWS", "Secrets"]),
        .target(name: "CredentialProcess", dependencies: ["AWS", "HTTPTransport", subprocess, systemPackage]),
        .target(name: "CredentialsFile", dependencies: ["HostSystem", "Secrets"]),
        .target(name: "Handover", dependencies: ["Secrets"]),
        .target(
            name: "Refresher",
            dependencies: ["AWS", "CredentialsFile", "Handover", "HostSystem", "HTTPTransport", "SSM", "Secrets"]),
        .target(name: "Worker", dependencies: ["CredentialsFile", "HostSystem", "Refresher", "Secrets"]),
        .target(name: "Rotation", dependencies: ["Handover", "Secrets"]),
        .target(
            name: "RotationServices",
            dependencies: [
                "AWS", "HTTPTransport", "Handover", "HostSystem", "IAM", "Rotation", "SSM", "Secrets", "SecretsManager",
            ]),
        .target(
            name: "Destinations",
            dependencies: [
                "AWS", "CSodium", "CredentialsFile", "HTTPTransport", "Handover", "HostSystem", "Rotation",
                "RotationServices", "Secrets", "SecretsManager",
            ]),
        .target(
            name: "Notifications",
            dependencies: ["AWS", "HTTPTransport", "Handover", "Rotation", "RotationServices", "Secrets"],
            // Into the binary, because a bundle beside it would bring all of Foundation.
            resources: [
                .embedInCode("Templates/en.txt"), .embedInCode("Templates/es.txt"),
                .embedInCode("Webhooks/discord.json"), .embedInCode("Webhooks/generic.json"),
                .embedInCode("Webhooks/gotify.json"), .embedInCode("Webhooks/ntfy.json"),
                .embedInCode("Webhooks/slack.json"),
            ]),
        .target(name: "Console", dependencies: ["HostSystem", argumentParser, "TOMLKit"]),
        .target(name: "Monitoring", dependencies: ["AWS", "Console", "HTTPTransport"]),
        .target(
            name: "RotatorCommands",
            dependencies: [
                "AWS", "Console", "CredentialProcess", "CredentialsFile", "Destinations", "HTTPTransport", "Handover",
                "HostSystem", "IAM", "Monitoring", "Notifications", "Rotation", "RotationServices", "SSM", "Secrets",
                "SecretsManager", argumentParser,
            ]),
        .executableTarget(
            name: "keybaton", dependencies: ["Console", "HTTPTransport", "HostSystem", "RotatorCommands"]),
        .target(
            name: "Dashboard",
            dependencies: [
                "AWS", "Console", "HTTPTransport", "Handover", "HostSystem", "Rotation", "Secrets", httpTypes,
                hummingbird, hummingbirdCore, logging, nio, nioHTTPTypes, serviceLifecycle, unixSignals,
            ],
            resources: [.embedInCode("Assets")]),
        .target(
            name: "DashboardCommands",
            dependencies: [
                "AWS", "Console", "CredentialProcess", "Dashboard", "HTTPTransport", "HostSystem", "Secrets",
                argumentParser, nio,
            ]),
        .executableTarget(
            name: "keybaton-dashboard", dependencies: ["Console", "DashboardCommands", "HTTPTransport", "HostSystem"]),
        .target(
            name: "AgentCommands",
            dependencies: [
                "AWS", "Console", "CredentialsFile", "Handover", "HostSystem", "HTTPTransport", "Monitoring",
                "Refresher",
                "Secrets", "Worker", argumentParser,
            ]),
        .executableTarget(
            name: "keybaton-agent", dependencies: ["AgentCommands", "Console", "HostSystem", "HTTPTransport"]),

        .testTarget(name: "SecretsTests", dependencies: ["Secrets"]),
        .target(name: "HostTestSupport", path: "Tests/HostTestSupport", exclude: ["recorder.py"]),
        .testTarget(name: "HostSystemTests", dependencies: ["HostSystem", "HostTestSupport"]),
        .target(
            name: "SandboxSupport", dependencies: ["HostTestSupport", "HTTPTransport", "Secrets"],
            path: "Tests/SandboxSupport"),
        .executableTarget(
            name: "CredentialsFileProbe", dependencies: ["CredentialsFile", "Secrets"],
            path: "Tests/CredentialsFileProbe"),
        .testTarget(
            name: "CredentialsFileTests",
            dependencies: [
                "CredentialsFile", "CredentialsFileProbe", "HostSystem", "HostTestSupport", "SandboxSupport", "Secrets",
            ],
            exclude: ["Scripts"]),
        .testTarget(name: "HTTPTransportTests", dependencies: ["HTTPTransport"], exclude: ["server.py"]),
        .testTarget(
            name: "AgentIntegrationTests",
            dependencies: ["Handover", "HostTestSupport", "SandboxSupport", "Secrets", "keybaton-agent"],
            exclude: ["Scripts"]),
        .testTarget(
            name: "RelayIntegrationTests",
            dependencies: ["Handover", "HostTestSupport", "SandboxSupport", "Secrets", "keybaton", "keybaton-agent"]),
        .testTarget(
            name: "JobIntegrationTests",
            dependencies: ["HostTestSupport", "SandboxSupport", "Secrets", "keybaton", "keybaton-agent"]),
        .testTarget(
            name: "RefresherTests",
            dependencies: [
                "AWS", "CredentialsFile", "Handover", "HostTestSupport", "HostSystem", "Refresher", "Secrets",
            ]),
        .testTarget(
            name: "WorkerTests",
            dependencies: [
                "CredentialsFile", "HostSystem", "HostTestSupport", "Refresher", "Secrets", "Worker", "keybaton-agent",
            ]),
        .testTarget(
            name: "AgentCommandsTests",
            dependencies: [
                "AWS", "AgentCommands", "Console", "CredentialsFile", "HTTPTransport", "Handover", "HostSystem",
                "HostTestSupport", "Refresher", "Secrets",
            ]),
        .testTarget(
            name: "AWSTests",
            dependencies: ["AWS", "CredentialProcess", "HTTPTransport", "IAM", "SSM", "Secrets", "SecretsManager"]),
        .testTarget(name: "ConsoleTests", dependencies: ["Console", argumentParser]),
        .testTarget(
            name: "RotatorCommandsTests",
            dependencies: [
                "AWS", "Console", "Destinations", "HTTPTransport", "Handover", "Notifications", "Rotation",
                "RotationServices", "RotatorCommands", "Secrets", argumentParser,
            ]),
        .testTarget(
            name: "DestinationsTests",
            dependencies: [
                "AWS", "CredentialsFile", "Destinations", "HTTPTransport", "Handover", "HostSystem", "HostTestSupport",
                "Rotation", "RotationServices", "SandboxSupport", "Secrets", "SecretsManager",
            ]),
        .testTarget(
            name: "NotificationsTests",
            dependencies: [
                "AWS", "HTTPTransport", "Handover", "HostTestSupport", "Notifications", "Rotation", "RotationServices",
                "SandboxSupport", "Secrets",
            ]),
        .testTarget(name: "MonitoringTests", dependencies: ["HTTPTransport", "Monitoring"]),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "AWS", "Console", "Dashboard", "DashboardCommands", "HTTPTransport", "Handover", "HostSystem",
                "HostTestSupport", "Rotation", "Secrets", argumentParser,
            ]),
        .testTarget(name: "HandoverTests", dependencies: ["Handover", "Secrets"]),
        .testTarget(name: "RotationTests", dependencies: ["Handover", "Rotation", "Secrets"]),
        .target(
            name: "RelaySimulation", dependencies: ["Handover", "Refresher", "Rotation", "Secrets"],
            path: "Tests/RelaySimulation"),
        .executableTarget(
            name: "relay-simulation", dependencies: ["RelaySimulation", argumentParser],
            path: "Tests/RelaySimulationCommand"),
        .testTarget(
            name: "RelaySimulationTests", dependencies: ["Handover", "RelaySimulation", "Rotation", "Secrets"]),
        .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .target(
            name: "Fuzzing",
            dependencies: [
                "AWS", "AgentCommands", "Console", "CredentialsFile", "Destinations", "HTTPTransport", "Handover",
                "Notifications", "Rotation", "RotatorCommands", "Secrets",
            ],
            path: "Tests/Fuzz/Fuzzing"),
        .executableTarget(name: "fuzz", dependencies: ["CFuzzer", "Fuzzing"], path: "Tests/Fuzz/Command"),
        .testTarget(name: "FuzzTests", dependencies: ["Fuzzing"]),
    ],
    swiftLanguageModes: [.v6]
)

// Proposals: https://www.swift.org/swift-evolution/
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .treatAllWarnings(as: .error),  // SE-0443
        .enableUpcomingFeature("ExistentialAny"),  // SE-0335
        .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
        .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    ]
}
