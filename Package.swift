// swift-tools-version: 6.2
import PackageDescription

/// Kernels are pointer arithmetic whose bounds are checked where a layer enters them, so
/// overflow and range checks inside them cost speed and find nothing.
let unchecked: [SwiftSetting] = [.unsafeFlags(["-Ounchecked"])]

func kernels(for march: String) -> [SwiftSetting] {
    [.unsafeFlags(["-Ounchecked", "-Xcc", "-march=\(march)"])]
}

// One target per x86-64 instruction set; other processors use the portable kernels alone.
#if arch(x86_64)
let instructionSetTargets: [Target] = [
    .target(name: "KernelsAVX2", dependencies: ["Kernels", "CSIMD"], swiftSettings: kernels(for: "x86-64-v3")),
    .target(name: "KernelsAVX512", dependencies: ["Kernels", "CSIMD"], swiftSettings: kernels(for: "x86-64-v4")),
]
#else
let instructionSetTargets: [Target] = []
#endif

/// `make build` names the commit here, for `xception --version`; other builds do without.
let stamp: [CSetting] = Context.environment["XCEPTION_COMMIT"].map { [.define("XCEPTION_COMMIT", to: "\"\($0)\"")] } ?? []

let package = Package(
    name: "xception",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "xception", targets: ["XceptionCLI"]),
        .library(name: "Xception", targets: ["Xception"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CJPEG", pkgConfig: "libjpeg",
            providers: [.apt(["libjpeg62-turbo-dev"]), .brew(["jpeg-turbo"])]),
        .systemLibrary(
            name: "CPNG", pkgConfig: "libpng",
            providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
        .systemLibrary(
            name: "CMessageDigest", pkgConfig: "libmd",
            providers: [.apt(["libmd-dev"]), .brew(["libmd"])]),
        .systemLibrary(name: "CMalloc"),
        .target(name: "CBuildStamp", cSettings: stamp),
        .target(name: "CSIMD"),
        .target(name: "Platform"),
        .target(name: "CImageCodecs", dependencies: ["CJPEG", "CPNG"], linkerSettings: [.linkedLibrary("z")]),
        .target(name: "ImageCodecs", dependencies: ["CImageCodecs", "Platform"]),
        .target(name: "Kernels", dependencies: ["CSIMD", "Platform"], swiftSettings: unchecked),
        .target(name: "CMappingGuard"),
        .target(name: "ModelFiles", dependencies: ["CMappingGuard", "CMessageDigest", "Platform"]),
        .target(
            name: "Xception",
            dependencies: ["CSIMD", "ImageCodecs", "Kernels", "ModelFiles", "Platform"]
                + instructionSetTargets.map { .target(name: $0.name) }),
        .executableTarget(
            name: "XceptionCLI",
            dependencies: [
                "CBuildStamp", "CMalloc", "ImageCodecs", "Kernels", "ModelFiles", "Platform", "Xception",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            resources: [.embedInCode("Report/page.html")],
            // Its tests import it, optimized as it is.
            swiftSettings: [.unsafeFlags(["-enable-testing"])]),
        .target(name: "TestSupport", dependencies: ["ModelFiles", "Platform"], path: "Tests/TestSupport"),
        .testTarget(name: "PlatformTests", dependencies: ["Platform"]),
        .testTarget(name: "ImageCodecsTests", dependencies: ["ImageCodecs", "ModelFiles"]),
        .testTarget(name: "PreprocessingTests", dependencies: ["Xception", "ImageCodecs", "ModelFiles"]),
        .testTarget(
            name: "KernelsTests",
            dependencies: ["CSIMD", "Kernels", "Xception"] + instructionSetTargets.map { .target(name: $0.name) }),
        .testTarget(name: "ModelFilesTests", dependencies: ["ModelFiles", "Platform", "TestSupport"]),
        .testTarget(name: "XceptionTests", dependencies: ["ImageCodecs", "Kernels", "ModelFiles", "Platform", "TestSupport", "Xception"]),
        .testTarget(name: "XceptionCLITests", dependencies: ["ImageCodecs", "ModelFiles", "Platform", "Xception", "XceptionCLI"]),
    ] + instructionSetTargets
)
