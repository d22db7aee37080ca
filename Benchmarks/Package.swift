// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [
    // The name, or the dependency would be called after whatever folder the clone is in.
    .package(name: "swift-kernels", path: "..")
  ],
  targets: [
    .executableTarget(
      name: "demo",
      dependencies: ["CZlib", .product(name: "Kernels", package: "swift-kernels")],
      swiftSettings: [
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
      ]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
  ],
  cLanguageStandard: .c17
)
