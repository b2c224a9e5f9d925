// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "keybaton",
    targets: [
        .systemLibrary(name: "COpenSSL"),
        .target(name: "Secrets", dependencies: ["COpenSSL"]),
        .testTarget(name: "SecretsTests", dependencies: ["Secrets"]),
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
