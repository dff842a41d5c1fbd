// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "opensips-bin", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .target(name: "CReference", linkerSettings: [.linkedLibrary("z")]),
        .executableTarget(
            name: "bin-benchmarks",
            dependencies: [
                "CReference",
                .product(name: "BINWire", package: "opensips-bin"),
                .product(name: "BINMessages", package: "opensips-bin"),
                .product(name: "BINCluster", package: "opensips-bin"),
                .product(name: "BINCapture", package: "opensips-bin"),
                .product(name: "BINTransport", package: "opensips-bin"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .enableExperimentalFeature("Lifetimes")]
        ),
        .executableTarget(
            name: "replica-benchmark",
            dependencies: [
                "CReference",
                .product(name: "BINWire", package: "opensips-bin"),
                .product(name: "BINMessages", package: "opensips-bin"),
                .product(name: "BINReplica", package: "opensips-bin"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .enableExperimentalFeature("Lifetimes")]
        ),
        .executableTarget(
            name: "gossip-benchmark",
            dependencies: [
                .product(name: "BINCluster", package: "opensips-bin"),
                .product(name: "BINNode", package: "opensips-bin"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]
        ),
    ]
)
