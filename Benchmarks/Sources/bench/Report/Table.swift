import Foundation

/// The table on the terminal: one line per result, a column per peer.
struct Table {
  private let idWidth: Int
  private let columns: [Column]

  /// A peer's: what heads it, in two lines, and its width, which holds a ratio of the whole call as well.
  private struct Column {
    let peer: String
    let name: String
    let version: String

    var width: Int { max(12, name.count + 2, version.count + 2) }
  }

  init(cases: [Case], peers: [any Peer]) {
    idWidth = max(20, cases.map(\.id.count).max() ?? 0)
    columns = peers.filter { cases.contains(where: $0.serves) }.map { peer in
      let words = peer.name.split(separator: " ", maxSplits: 1).map(String.init)
      return Column(peer: peer.name, name: words[0], version: words.dropFirst().first ?? "")
    }
  }

  var heading: [String] {
    let own =
      "id".left(idWidth) + "best".right(11) + "median".right(11) + "GFLOP/s".right(9) + "GB/s".right(7)
      + "% peak".right(8) + "% read".right(8) + "err/bound".right(11)
    if columns.isEmpty { return [own, String(repeating: "-", count: own.count)] }
    let names = columns.map { $0.name.right($0.width) }.joined()
    let versions = columns.map { $0.version.right($0.width) }.joined()
    let blank = String(repeating: " ", count: own.count)
    return [
      blank + "  peer's best time / ours", own + names, blank + versions,
      String(repeating: "-", count: own.count + names.count),
    ]
  }

  func row(_ measured: Measured) -> String {
    let result = measured.result
    let own = [
      result.id.left(idWidth), formatTime(result.secondsBest).right(11), formatTime(result.secondsMedian).right(11),
      format(result.gflops, 1).right(9), format(measured.gbps, 1).right(7),
      format(result.percentOfPeak, 1).right(8), (measured.percentOfRead.map { format($0, 1) } ?? "").right(8),
      formatError(result.errorOverBound).right(11),
    ]
    let ratios = columns.map { result.ratio(of: $0.peer).right($0.width) }
    return (own + ratios).joined() + (result.algorithm.map { "  \($0)" } ?? "")
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
