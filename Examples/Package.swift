// swift-tools-version: 6.2
import PackageDescription

let houseRules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "Examples",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "opensips-bin", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    ],
    targets: [
        .executableTarget(
            name: "registrations-to-json",
            dependencies: [
                .product(name: "BINMessages", package: "opensips-bin"),
                .product(name: "BINTransport", package: "opensips-bin"),
            ],
            swiftSettings: houseRules
        ),
        .executableTarget(
            name: "contact-producer",
            dependencies: [
                .product(name: "BINWire", package: "opensips-bin"),
                .product(name: "BINMessages", package: "opensips-bin"),
                .product(name: "BINTransport", package: "opensips-bin"),
            ],
            swiftSettings: houseRules
        ),
        .executableTarget(
            name: "prometheus-counters",
            dependencies: [
                .product(name: "BINMessages", package: "opensips-bin"),
                .product(name: "BINTransport", package: "opensips-bin"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: houseRules
        ),
        .executableTarget(
            name: "gossip-roles",
            dependencies: [
                .product(name: "BINCluster", package: "opensips-bin"),
                .product(name: "BINNode", package: "opensips-bin"),
            ],
            swiftSettings: houseRules
        ),
    ]
)
