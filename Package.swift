// swift-tools-version: 6.2
import Foundation
import PackageDescription

// MARK: OpenMP

/// The folder that holds an installed libomp, or nil: then the same sources build serial.
///
/// `SWIFT_KERNELS_LIBOMP` names the folder of `libomp.so` / `libomp.dylib` outright; `none` asks for a serial build, and
/// any other value ends the build.
func libompFolder() -> String? {
  let files = FileManager.default
  let holdsLibomp = { (folder: String) in
    ["libomp.so", "libomp.dylib"].contains { files.fileExists(atPath: "\(folder)/\($0)") }
  }
  if let named = ProcessInfo.processInfo.environment["SWIFT_KERNELS_LIBOMP"], !named.isEmpty {
    if named == "none" { return nil }
    if holdsLibomp(named) { return named }
    FileHandle.standardError.write(
      Data("SWIFT_KERNELS_LIBOMP is \"\(named)\": neither a folder that holds libomp nor none\n".utf8))
    exit(1)
  }
  let debian = ((try? files.contentsOfDirectory(atPath: "/usr/lib")) ?? [])
    .filter { $0.hasPrefix("llvm-") }
    .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
    .map { "/usr/lib/\($0)/lib" }
  let homebrew = ["/opt/homebrew/opt/libomp/lib", "/usr/local/opt/libomp/lib"]
  return (debian + homebrew + ["/usr/lib64", "/usr/local/lib"]).first(where: holdsLibomp)
}

let libomp = libompFolder()

#if os(macOS)
  let openMPFlags = ["-Xclang", "-fopenmp"]
#else
  let openMPFlags = ["-fopenmp"]
#endif

// MARK: Settings

/// The libomp that was found is the host's: what is built for another platform does without.
let withLibomp = BuildSettingCondition.when(platforms: [.linux, .macOS])

/// -O3 in every configuration: a debug build of a dependent still runs the kernels at full speed.
/// -ffp-contract=off: only the multiply-adds that the source fuses are fused, so that every ISA gives the same bits.
let cSettings: [CSetting] =
  [
    .headerSearchPath("."),
    .unsafeFlags(
      ["-O3", "-ffp-contract=off", "-fno-math-errno", "-fstack-protector-strong", "-Wall", "-Wextra", "-Wvla"]),
  ] + (libomp == nil ? [] : [.unsafeFlags(openMPFlags, withLibomp)])

let linkerSettings: [LinkerSetting] =
  libomp.map { [.unsafeFlags(["-L\($0)", "-lomp", "-Xlinker", "-rpath", "-Xlinker", $0], withLibomp)] } ?? []

let swiftSettings: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

// MARK: Package

let package = Package(
  name: "swift-kernels",
  // Atomics and task-local values without a back-deployment of their own; Linux has no such floor.
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    .library(name: "Kernels", targets: ["Kernels"]),
    .library(name: "KernelsReference", targets: ["KernelsReference"]),
    .library(name: "KernelProperties", targets: ["KernelProperties"]),
    .library(name: "CKernels", targets: ["CKernels"]),
  ],
  targets: [
    // Public API
    .target(name: "Kernels", dependencies: ["CKernels"], swiftSettings: swiftSettings),
    .target(name: "KernelsReference", swiftSettings: swiftSettings),
    .target(
      name: "KernelProperties", dependencies: ["Kernels", "KernelsReference"],
      swiftSettings: swiftSettings),
    // The kernels
    .target(
      name: "CKernels", path: "CKernels", publicHeadersPath: "include", cSettings: cSettings,
      linkerSettings: linkerSettings),
    // Tests
    .testTarget(
      name: "KernelsTests", dependencies: ["Kernels", "KernelsReference", "KernelProperties"],
      swiftSettings: swiftSettings),
  ],
  cLanguageStandard: .c17
)
