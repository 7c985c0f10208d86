// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "classify",
    dependencies: [
        // Elsewhere: .package(url: "https://.../xception", from: "1.0.0")
        .package(name: "xception", path: "../..")
    ],
    targets: [
        .executableTarget(name: "classify", dependencies: [.product(name: "Xception", package: "xception")])
    ]
)
