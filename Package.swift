// swift-tools-version: 6.2
import PackageDescription

/// Settings every room shares: Swift 6 language mode, and the upcoming features that keep imports and existentials explicit.
let houseRules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// The wire rooms hold non-escapable cursors over borrowed bytes, which need lifetime annotations.
let wireRules: [SwiftSetting] = houseRules + [.enableExperimentalFeature("Lifetimes"), .strictMemorySafety()]

let package = Package(
    name: "opensips-bin",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "BINWire", targets: ["BINWire"]),
        .library(name: "BINMessages", targets: ["BINMessages"]),
        .library(name: "BINCluster", targets: ["BINCluster"]),
        .library(name: "BINCapture", targets: ["BINCapture"]),
        .library(name: "BINTransport", targets: ["BINTransport"]),
        .executable(name: "opensips-bin", targets: ["opensips-bin"]),
    ],
    traits: [
        .trait(name: "TLS", description: "bins: connections; compiles swift-nio-ssl with its copy of BoringSSL.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "BINWire", dependencies: ["CZlib"], swiftSettings: wireRules),
        .target(name: "BINMessages", dependencies: ["BINWire"], swiftSettings: wireRules),
        .target(name: "BINCluster", dependencies: ["BINWire", "BINMessages"], swiftSettings: wireRules),
        .target(name: "BINCapture", dependencies: ["BINWire"], swiftSettings: wireRules),
        .target(
            name: "BINTransport",
            dependencies: [
                "BINWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: houseRules
        ),
        .executableTarget(
            name: "opensips-bin",
            dependencies: [
                "BINWire", "BINMessages", "BINCapture",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: houseRules
        ),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: houseRules),
        .testTarget(
            name: "BINMessagesTests", dependencies: ["BINWire", "BINMessages", "TestSupport"], swiftSettings: houseRules
        ),
        .testTarget(
            name: "BINClusterTests",
            dependencies: ["BINWire", "BINMessages", "BINCluster", "BINCapture", "TestSupport"],
            swiftSettings: houseRules),
        .testTarget(
            name: "CorpusTests", dependencies: ["BINWire", "BINMessages", "BINCapture", "TestSupport"],
            swiftSettings: houseRules),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["opensips-bin", "BINWire", "BINMessages", "BINCapture", "TestSupport"],
            swiftSettings: houseRules),
        .testTarget(name: "BINWireTests", dependencies: ["BINWire", "TestSupport"], swiftSettings: houseRules),
        .testTarget(
            name: "BINCaptureTests", dependencies: ["BINCapture", "BINWire", "TestSupport"], swiftSettings: houseRules),
        .testTarget(
            name: "BINTransportTests",
            dependencies: [
                "BINTransport", "BINWire", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: houseRules),
    ]
)
