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
        .library(name: "BINReplica", targets: ["BINReplica"]),
        .library(name: "BINCapture", targets: ["BINCapture"]),
        .library(name: "BINTransport", targets: ["BINTransport"]),
        .library(name: "BINNode", targets: ["BINNode"]),
        .library(name: "BINHTTP", targets: ["BINHTTP"]),
        .library(name: "BINStore", targets: ["BINStore"]),
        .executable(name: "opensips-bin", targets: ["opensips-bin"]),
        // For the package in Fuzz/ alone; nothing in it is stable.
        .library(name: "_FuzzProperties", targets: ["FuzzProperties"]),
    ],
    traits: [
        .trait(name: "TLS", description: "bins: connections; compiles swift-nio-ssl with its copy of BoringSSL."),
        .trait(name: "SQLite", description: "Databases in SQLite; compiles GRDB and needs libsqlite3-dev."),
        .trait(name: "Redis", description: "Replicas in Redis; needs libhiredis-dev."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(name: "CHiredis"),
        .target(name: "BINWire", dependencies: ["CZlib"], swiftSettings: wireRules),
        .target(name: "BINMessages", dependencies: ["BINWire"], swiftSettings: wireRules),
        .target(name: "BINCluster", dependencies: ["BINWire", "BINMessages"], swiftSettings: wireRules),
        .target(name: "BINReplica", dependencies: ["BINWire", "BINMessages"], swiftSettings: wireRules),
        .target(
            name: "BINSimulation", dependencies: ["BINWire", "BINMessages", "BINCluster"], swiftSettings: houseRules),
        .target(name: "BINCapture", dependencies: ["BINWire"], swiftSettings: wireRules),
        .target(
            name: "BINText", dependencies: ["BINWire", "BINMessages", "BINCapture"],
            swiftSettings: houseRules),
        .target(
            name: "BINTransport",
            dependencies: [
                "BINWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: houseRules
        ),
        .target(
            name: "BINNode",
            dependencies: [
                "BINWire", "BINMessages", "BINCluster", "BINReplica", "BINTransport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: houseRules
        ),
        .target(
            name: "BINConformance",
            dependencies: [
                "BINWire", "BINMessages", "BINTransport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: houseRules
        ),
        .target(
            name: "BINProvisioning",
            dependencies: [
                "BINWire", "BINMessages", "BINCluster", .product(name: "Yams", package: "Yams"),
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: houseRules),
        .target(
            name: "BINHTTP",
            dependencies: [
                "BINCluster", "BINNode", "BINText", "BINTransport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: houseRules
        ),
        .target(
            name: "BINStore",
            dependencies: [
                "BINWire", "BINMessages", "BINReplica", "BINText",
                .product(name: "Metrics", package: "swift-metrics"),
                .target(name: "CHiredis", condition: .when(traits: ["Redis"])),
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: houseRules
        ),
        .executableTarget(
            name: "opensips-bin",
            dependencies: [
                "BINWire", "BINMessages", "BINCapture", "BINText", "BINTransport", "BINCluster", "BINReplica",
                "BINNode",
                "BINProvisioning", "BINStore", "BINHTTP", "BINSimulation", "BINConformance",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: houseRules
        ),
        .target(
            name: "TestSupport", dependencies: ["BINWire", "BINMessages"], path: "Tests/TestSupport",
            swiftSettings: houseRules),
        .target(
            name: "FuzzProperties",
            dependencies: [
                "BINWire", "BINMessages", "BINCluster", "BINReplica", "BINProvisioning", "BINCapture", "BINText",
                "TestSupport",
            ],
            path: "Tests/FuzzProperties", swiftSettings: houseRules + [.enableExperimentalFeature("Lifetimes")]),
        .testTarget(
            name: "FuzzReplayTests", dependencies: ["FuzzProperties", "TestSupport"], swiftSettings: houseRules),
        .testTarget(
            name: "BINMessagesTests", dependencies: ["BINWire", "BINMessages", "TestSupport"], swiftSettings: houseRules
        ),
        .testTarget(
            name: "BINReplicaTests", dependencies: ["BINWire", "BINMessages", "BINReplica", "TestSupport"],
            swiftSettings: houseRules),
        .testTarget(
            name: "BINClusterTests",
            dependencies: ["BINWire", "BINMessages", "BINCluster", "BINCapture", "TestSupport"],
            swiftSettings: houseRules),
        .testTarget(
            name: "GossipTests",
            dependencies: ["BINWire", "BINMessages", "BINCluster", "BINSimulation", "TestSupport"],
            swiftSettings: houseRules),
        .testTarget(
            name: "CorpusTests",
            dependencies: ["BINWire", "BINMessages", "BINReplica", "BINCapture", "FuzzProperties", "TestSupport"],
            swiftSettings: houseRules),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "opensips-bin", "BINConformance", "BINWire", "BINMessages", "BINCapture", "BINText", "TestSupport",
            ],
            swiftSettings: houseRules),
        .testTarget(
            name: "BINConformanceTests",
            dependencies: [
                "BINConformance", "BINNode", "BINCluster", "BINReplica", "BINMessages", "BINTransport", "BINWire",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: houseRules),
        .testTarget(
            name: "BINNodeTests",
            dependencies: [
                "BINNode", "BINCluster", "BINReplica", "BINMessages", "BINTransport", "BINWire", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: houseRules),
        .testTarget(
            name: "BINHTTPTests",
            dependencies: [
                "BINHTTP", "BINNode", "BINCluster", "BINText",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: houseRules),
        .testTarget(
            name: "BINProvisioningTests",
            dependencies: [
                "BINProvisioning", "BINCluster", "BINMessages",
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: houseRules),
        .testTarget(name: "BINWireTests", dependencies: ["BINWire", "TestSupport"], swiftSettings: houseRules),
        .testTarget(
            name: "BINCaptureTests", dependencies: ["BINCapture", "BINWire", "TestSupport"], swiftSettings: houseRules),
        .testTarget(
            name: "BINTransportTests",
            dependencies: [
                "BINTransport", "BINWire", "BINMessages", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: houseRules),
        .executableTarget(
            name: "StoreVictim", dependencies: ["BINStore", "BINReplica", "BINMessages", "TestSupport"],
            path: "Tests/StoreVictim", swiftSettings: houseRules),
        .testTarget(
            name: "BINStoreTests",
            dependencies: ["BINStore", "BINReplica", "BINMessages", "BINWire", "StoreVictim", "TestSupport"],
            swiftSettings: houseRules),
        .testTarget(
            name: "TutorialTests",
            dependencies: ["BINWire", "BINMessages", "BINTransport", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: houseRules),
    ]
)
