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
      name: "bench",
      dependencies: [
        "CBench",
        .product(name: "CKernels", package: "swift-kernels"),
        .product(name: "KernelProperties", package: "swift-kernels"),
        .product(name: "Kernels", package: "swift-kernels"),
        .product(name: "KernelsReference", package: "swift-kernels"),
      ],
      swiftSettings: [.enableUpcomingFeature("ExistentialAny")]),
    // Probes of the machine, and the peers' C interfaces.
    .target(
      name: "CBench",
      cSettings: [.unsafeFlags(["-O3", "-Wall", "-Wextra"])],
      linkerSettings: [
        .linkedLibrary("dl", .when(platforms: [.linux])),
        .linkedLibrary("m", .when(platforms: [.linux])),
        .linkedLibrary("pthread", .when(platforms: [.linux])),
      ]),
    .testTarget(
      name: "BenchTests",
      dependencies: [
        "bench", .product(name: "CKernels", package: "swift-kernels"),
        .product(name: "Kernels", package: "swift-kernels"),
      ]),
    .executableTarget(
      name: "demo",
      dependencies: ["CBench", "CZlib", .product(name: "Kernels", package: "swift-kernels")],
      swiftSettings: [
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
      ]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .testTarget(name: "DemoTests", dependencies: ["demo", "CZlib"], swiftSettings: [.strictMemorySafety()]),
  ],
  cLanguageStandard: .c17
)
