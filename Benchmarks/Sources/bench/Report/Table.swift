import Foundation

/// The table on the terminal: one line per result, a column per peer.
struct Table {
  private let idWidth: Int
  private let peerNames: [String]
  private let ratioWidth = 11

  init(cases: [Case], peers: [any Peer]) {
    idWidth = max(20, cases.map(\.id.count).max() ?? 0)
    peerNames = peers.map(\.name)
  }

  var heading: [String] {
    let columns =
      "id".left(idWidth) + "best".right(11) + "median".right(11) + "GFLOP/s".right(9) + "GB/s".right(7)
      + "% peak".right(8) + "% read".right(8) + "err/bound".right(11)
    if peerNames.isEmpty { return [columns, String(repeating: "-", count: columns.count)] }
    let words = peerNames.map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
    let peers = words.map { $0[0].right(ratioWidth) }.joined()
    let versions = words.map { ($0.dropFirst().first ?? "").right(ratioWidth) }.joined()
    let above = String(repeating: " ", count: columns.count) + "  peer's best time / ours"
    return [
      above, columns + peers, String(repeating: " ", count: columns.count) + versions,
      String(repeating: "-", count: columns.count + peers.count),
    ]
  }

  func row(_ measured: Measured) -> String {
    let result = measured.result
    let columns = [
      result.id.left(idWidth), formatTime(result.secondsBest).right(11), formatTime(result.secondsMedian).right(11),
      format(result.gflops, 1).right(9), format(measured.bytes / result.secondsBest / 1e9, 1).right(7),
      format(result.percentOfPeak, 1).right(8), (measured.percentOfRead.map { format($0, 1) } ?? "").right(8),
      formatError(result.errorOverBound).right(11),
    ]
    let ratios = peerNames.map { name in
      let ratio = result.peers.first { $0.name == name }.map { format($0.ratio, 2) } ?? ""
      return ratio.right(ratioWidth)
    }
    return (columns + ratios).joined() + (result.algorithm.map { "  \($0)" } ?? "")
  }

  private func formatError(_ value: Double) -> String {
    value == 0 ? "0" : String(format: "%.4f", value)
  }
}

/// What is printed above the table.
func header(_ machine: Machine, isas: [String], threads: [Int]) -> [String] {
  let caches = machine.caches.map { "L\($0.level) \(formatBytes($0.bytes))" }.joined(separator: ", ")
  var lines = [
    "CPU       \(machine.cpu); \(machine.cpusAllowed.count) CPUs; \(caches)",
    "ISA       \(isas.joined(separator: ", ")) (available: \(machine.isasAvailable.joined(separator: ", ")))",
    "threads   \(threads.map(String.init).joined(separator: ", ")) (allowed: \(machine.threadsAllowed))",
    "compiler  \(machine.compiler)",
    "OpenMP    \(machine.openmp)",
    "commit    \(machine.commit)",
  ]
  for peer in machine.peers { lines.append("peer      \(peer.name), threads: \(peer.threading)") }
  return lines + limitLines(machine, threads: threads)
}

private func limitLines(_ machine: Machine, threads: [Int]) -> [String] {
  let perThreads = { (values: [String: Double]?) in
    threads.map { "\(format(values?["\($0)"] ?? .nan, 1)) (\($0) thr)" }.joined(separator: ", ")
  }
  var lines = DType.allCases.map { "peak      \($0.rawValue) \(perThreads(machine.peakGflops[$0.rawValue])) GFLOP/s" }
  for (key, name) in [
    ("read_l2", "read L2"), ("read_l3", "read L3"), ("read_dram", "read DRAM"), ("copy_dram", "copy DRAM"),
  ] where machine.streamGbps[key] != nil {
    lines.append("stream    \(name) \(perThreads(machine.streamGbps[key])) GB/s")
  }
  if !machine.roundTripNs.isEmpty {
    let times = machine.roundTripNs.map { format($0, 0) }.joined(separator: ", ")
    lines.append("cores     cache line there and back from the first to each other: \(times) ns")
  }
  return lines
}
