import CBench
import Foundation
import Kernels

/// What the results were taken on, and with what.
struct Machine: Codable {
  var cpu: String
  var caches: [Cache]
  var cpusAllowed: [Int]
  var threadsAllowed: Int
  var isasAvailable: [String]
  var isasCompiled: [String]
  var os: String
  var compiler: String
  var openmp: String
  var commit: String
  var peers: [PeerDescription]
  /// By element type and thread count.
  var peakGflops: [String: [String: Double]] = [:]
  /// By `read_l2`, `read_l3`, `read_dram`, `copy_dram` and thread count.
  var streamGbps: [String: [String: Double]] = [:]
  /// From the first core to each other one used, nanoseconds there and back, before and after the run.
  var roundTripNs: [Double] = []
  var roundTripNsAfter: [Double] = []

  struct Cache: Codable {
    let level: Int
    let bytes: Int
  }

  struct PeerDescription: Codable {
    let name: String
    let threading: String
  }

  enum CodingKeys: String, CodingKey {
    case cpu, caches, os, compiler, openmp, commit, peers
    case cpusAllowed = "cpus_allowed"
    case threadsAllowed = "threads_allowed"
    case isasAvailable = "isas_available"
    case isasCompiled = "isas_compiled"
    case peakGflops = "peak_gflops"
    case streamGbps = "stream_gbps"
    case roundTripNs = "round_trip_ns"
    case roundTripNsAfter = "round_trip_ns_after"
  }
}

extension Machine {
  init(peers: [any Peer]) {
    let openmp = String(cString: cb_openmp_library())
    self.init(
      cpu: cpuName(), caches: dataCaches(), cpusAllowed: allowedCPUs(), threadsAllowed: Threads.allowed,
      isasAvailable: ISA.available.map(\.name), isasCompiled: ISA.compiled,
      os: ProcessInfo.processInfo.operatingSystemVersionString, compiler: String(cString: cb_compiler()),
      openmp: openmp.isEmpty ? "none (serial build)" : openmp, commit: sourceCommit(),
      peers: peers.map { PeerDescription(name: $0.name, threading: $0.threading) })
  }

  /// The bytes of a cache level, per core or shared as the system says; 0 if there is none.
  func cacheBytes(level: Int) -> Int { caches.first { $0.level == level }?.bytes ?? 0 }

  func peak(_ dtype: DType, threads: Int) -> Double { peakGflops[dtype.rawValue]?[String(threads)] ?? .nan }

  /// The share of the peak that `gflops` are.
  func percentOfPeak(_ gflops: Double, _ dtype: DType, threads: Int) -> Double {
    100 * gflops / peak(dtype, threads: threads)
  }

  /// The read bandwidth where `bytes` of operands lie: the smallest level that holds them.
  func readGBps(holding bytes: Double, threads: Int) -> Double {
    let level =
      bytes <= Double(cacheBytes(level: 2) * threads)
      ? "read_l2"
      : bytes <= Double(cacheBytes(level: 3)) ? "read_l3" : "read_dram"
    return streamGbps[level]?[String(threads)] ?? streamGbps["read_dram"]?[String(threads)] ?? .nan
  }
}

/// The numbers of the CPUs this process may run on, or as many zeros as it has processors where that is not known.
func allowedCPUs() -> [Int] {
  var cpus = [CInt](repeating: 0, count: 1024)
  let count = cb_allowed_cpus(&cpus, cpus.count)
  return count > 0
    ? cpus.prefix(count).map(Int.init) : Array(repeating: 0, count: ProcessInfo.processInfo.activeProcessorCount)
}

private func cpuName() -> String {
  #if os(macOS)
    return (try? output(of: ["sysctl", "-n", "machdep.cpu.brand_string"]).trimmingCharacters(in: .newlines))
      ?? "unknown"
  #else
    let lines = ((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "").split(separator: "\n")
    let field = { (name: String) in
      lines.first { $0.hasPrefix(name) }?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
    }
    guard let name = field("model name") else { return field("CPU part").map { "CPU part \($0)" } ?? "unknown" }
    return "\(name) (family \(field("cpu family") ?? "?"), model \(field("model\t") ?? "?"))"
  #endif
}

private func dataCaches() -> [Machine.Cache] {
  #if os(macOS)
    return [(1, "hw.l1dcachesize"), (2, "hw.l2cachesize"), (3, "hw.l3cachesize")].compactMap { level, key in
      guard let text = try? output(of: ["sysctl", "-n", key]), let bytes = Int(text.trimmingCharacters(in: .newlines))
      else { return nil }
      return Machine.Cache(level: level, bytes: bytes)
    }
  #else
    return (0..<8).compactMap { index in
      let read = { (file: String) in
        (try? String(contentsOfFile: "/sys/devices/system/cpu/cpu0/cache/index\(index)/\(file)", encoding: .utf8))?
          .trimmingCharacters(in: .newlines)
      }
      guard let type = read("type"), type != "Instruction", let level = read("level").flatMap({ Int($0) }),
        let kibibytes = read("size").flatMap({ Int($0.dropLast()) })
      else { return nil }
      return Machine.Cache(level: level, bytes: kibibytes << 10)
    }
  #endif
}

private func sourceCommit() -> String {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
  let text = try? output(of: ["git", "-C", folder, "describe", "--always", "--dirty", "--tags"])
  return text?.trimmingCharacters(in: .newlines) ?? "unknown"
}
