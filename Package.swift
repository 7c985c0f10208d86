// swift-tools-version: 6.2
import PackageDescription

/// Kernels are pointer arithmetic whose bounds are checked where a layer enters them, so
/// overflow and range checks inside them cost speed and find nothing.
let unchecked: [SwiftSetting] = [.unsafeFlags(["-Ounchecked"])]

/// Kernels for processors that have these instructions.
func kernels(_ name: String, _ flags: String...) -> Target {
    .target(
        name: name, dependencies: ["Kernels", "CSIMD"],
        swiftSettings: [.unsafeFlags(["-Ounchecked"] + flags.flatMap { ["-Xcc", $0] })])
}

// The manifest sees the host's architecture; set XCEPTION_ARCH to cross-compile.
#if arch(x86_64)
let architecture = Context.environment["XCEPTION_ARCH"] ?? "x86_64"
#elseif arch(arm64)
let architecture = Context.environment["XCEPTION_ARCH"] ?? "arm64"
#else
let architecture = Context.environment["XCEPTION_ARCH"]
#endif
// One target per instruction set beyond those that every processor of the architecture has.
let instructionSetTargets: [Target] = switch architecture {
case "x86_64": [
    kernels("KernelsAVX2", "-march=x86-64-v3"),
    kernels("KernelsAVXVNNI", "-march=x86-64-v3", "-mavxvnni"),
    kernels("KernelsAVX512", "-march=x86-64-v4"),
    kernels("KernelsAVX512VNNI", "-march=x86-64-v4", "-mavx512vnni"),
    kernels("KernelsAVX512BF16", "-march=x86-64-v4", "-mavx512bf16"),
]
case "arm64": [kernels("KernelsDotProduct", "-march=armv8-a+dotprod")]
default: []
}

/// `make build` names the commit here, for `xception --version`; other builds do without.
let stamp: [CSetting] = Context.environment["XCEPTION_COMMIT"].map { [.define("XCEPTION_COMMIT", to: "\"\($0)\"")] } ?? []

/// The settings of the command line, whose tests import it although it is optimized.
let commandLineSettings: [SwiftSetting] = [.unsafeFlags(["-enable-testing"])]
let commandLineDependencies: [Target.Dependency] = [
    "CBuildStamp", "CMalloc", "CRename", "Images", "KernelSelection", "Kernels", "ModelFiles", "PhotoCollections", "Platform", "Xception",
    .product(name: "ArgumentParser", package: "swift-argument-parser"),
]
let commandLineResources: [Resource] = ["page.css", "page.js", "cards.js", "classification.html", "evaluation.html"].map { .embedInCode("Pages/\($0)") }

#if os(Linux)
// Set this to build the external test programs. The fuzzer links with the command line, which is a library then.
let buildsTools = Context.environment["XCEPTION_TOOLS"] != nil
#else
let buildsTools = false
#endif
let commandLine: [Target] = buildsTools
    ? [
        .target(
            name: "XceptionCLI", dependencies: commandLineDependencies, resources: commandLineResources,
            swiftSettings: commandLineSettings + [
                .unsafeFlags(["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "XceptionCLI_main"]),
            ]),
        .executableTarget(
            name: "DecodeChecksums", dependencies: ["Images", "ModelFiles"], path: "Tests/Tools/DecodeChecksums"),
        .target(name: "CFuzzer", path: "Tests/Tools/CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CFuzzer", "CMalloc", "Images", "Kernels", "ModelFiles", "PhotoCollections", "Platform", "Xception", "XceptionCLI",
            ],
            path: "Tests/Tools/Fuzz", exclude: ["run.sh"]),
    ]
    : [
        .executableTarget(
            name: "XceptionCLI", dependencies: commandLineDependencies, resources: commandLineResources,
            swiftSettings: commandLineSettings),
        .testTarget(
            name: "XceptionCLITests",
            dependencies: ["Images", "ModelFiles", "Platform", "TestSupport", "Xception", "XceptionCLI"]),
    ]

let instructionSetDependencies: [Target.Dependency] = instructionSetTargets.map { .target(name: $0.name) }

// Lists of their own, with their types: in one expression they are more than the type checker of Swift 6.2 can do.
let systemLibraries: [Target] = [
    .systemLibrary(
        name: "CJPEG", pkgConfig: "libjpeg",
        providers: [.apt(["libjpeg62-turbo-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
        name: "CPNG", pkgConfig: "libpng",
        providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
        name: "CMessageDigest", pkgConfig: "libmd",
        providers: [.apt(["libmd-dev"]), .brew(["libmd"])]),
    .systemLibrary(
        name: "CSQLite", pkgConfig: "sqlite3",
        providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
    .systemLibrary(name: "CMalloc"),
]
let modules: [Target] = [
    .target(name: "CBuildStamp", cSettings: stamp),
    .target(name: "CRename"),
    .target(name: "CSIMD"),
    .target(name: "Platform", dependencies: ["CMalloc", "CMappingGuard"]),
    .target(name: "CImages", dependencies: ["CJPEG", "CPNG"], linkerSettings: [.linkedLibrary("z")]),
    .target(name: "Images", dependencies: ["CImages", "Platform"]),
    .target(name: "Kernels", dependencies: ["CSIMD", "Platform"], swiftSettings: unchecked),
    .target(name: "CMappingGuard"),
    .target(name: "ModelFiles", dependencies: ["CMessageDigest", "Platform"]),
    .target(name: "KernelSelection", dependencies: ["CSIMD", "Kernels", "Platform"] + instructionSetDependencies),
    .target(
        name: "PhotoCollections", dependencies: ["CSQLite", "Images", "Kernels", "ModelFiles", "Platform"],
        resources: [.embedInCode("Resources/generic-mean.f32")]),
    .target(
        name: "Xception", dependencies: ["Images", "KernelSelection", "Kernels", "ModelFiles", "Platform"],
        resources: [.embedInCode("Labels/concepts.txt")]),
]
let tests: [Target] = [
    .target(name: "TestSupport", dependencies: ["ModelFiles", "Platform"], path: "Tests/TestSupport"),
    .testTarget(name: "PlatformTests", dependencies: ["Platform", "TestSupport"]),
    .testTarget(name: "TestSupportTests", dependencies: ["ModelFiles", "TestSupport"]),
    .testTarget(name: "ImagesTests", dependencies: ["CImages", "Images", "ModelFiles", "TestSupport"]),
    .testTarget(name: "KernelsTests", dependencies: ["CSIMD", "Kernels", "TestSupport"] + instructionSetDependencies),
    .testTarget(name: "ModelFilesTests", dependencies: ["ModelFiles", "Platform", "TestSupport"]),
    .testTarget(
        name: "PhotoCollectionsTests",
        dependencies: ["Images", "KernelSelection", "Kernels", "ModelFiles", "PhotoCollections", "Platform", "TestSupport"]),
    .testTarget(
        name: "XceptionTests",
        dependencies: ["Images", "KernelSelection", "Kernels", "ModelFiles", "Platform", "TestSupport", "Xception"]),
]

let package = Package(
    name: "xception",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Xception", targets: ["Xception"]),
    ] + (buildsTools ? [] : [.executable(name: "xception", targets: ["XceptionCLI"])]),
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    ],
    targets: systemLibraries + modules + instructionSetTargets + commandLine + tests
)
