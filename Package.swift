// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "keybaton",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .systemLibrary(name: "COpenSSL"),
        .target(name: "Secrets", dependencies: ["COpenSSL"]),
        .target(name: "Handover", dependencies: ["Secrets"]),
        .target(name: "Rotation", dependencies: ["Handover"]),
        .target(name: "Refresher", dependencies: ["Handover"]),
        .target(
            name: "RelaySimulation", dependencies: ["Handover", "Refresher", "Rotation"], path: "Tests/RelaySimulation"),
        .executableTarget(
            name: "relay-simulation",
            dependencies: ["RelaySimulation", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/RelaySimulationCommand"),
        .testTarget(name: "SecretsTests", dependencies: ["Secrets"]),
        .testTarget(name: "HandoverTests", dependencies: ["Handover", "Secrets"]),
        .testTarget(name: "RotationTests", dependencies: ["Handover", "Rotation", "Secrets"]),
        .testTarget(name: "RefresherTests", dependencies: ["Handover", "Refresher"]),
        .testTarget(
            name: "RelaySimulationTests", dependencies: ["Handover", "RelaySimulation", "Rotation"]),
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
