import CBench
import Kernels

/// Measurements of what this machine can do at most.
struct Limits {
  var peakGflops: [String: [String: Double]] = [:]
  var streamGbps: [String: [String: Double]] = [:]
  var roundTripNs: [Double] = []

  /// Measures at each of the thread counts, on the first CPUs that this process may use.
  init(threads: [Int], machine: Machine, progress: Progress) {
    let cpus = machine.cpusAllowed.map(CInt.init)
    let counts = Set(threads.map { min($0, cpus.count) }).sorted()
    for count in counts {
      progress.show("measuring the machine with \(count) thread\(count == 1 ? "" : "s")")
      measure(threads: count, cpus: cpus, machine: machine)
    }
    if let most = counts.last, most > 1, Set(cpus).count == cpus.count {
      progress.show("measuring the round trip between cores")
      roundTripNs = cpus[1..<most].map { cb_round_trip(cpus[0], $0) * 1e9 }
    }
    // More threads than CPUs have no limit of their own: they share that of all CPUs.
    for count in threads where count > cpus.count {
      let copy = { (values: [String: Double]) in values.merging(["\(count)": values["\(cpus.count)"]!]) { $1 } }
      peakGflops = peakGflops.mapValues(copy)
      streamGbps = streamGbps.mapValues(copy)
    }
  }

  private mutating func measure(threads: Int, cpus: [CInt], machine: Machine) {
    let count = CInt(threads)
    let key = "\(threads)"
    for dtype in DType.allCases {
      peakGflops[dtype.rawValue, default: [:]][key] = bestOfAttempts { cb_fma_peak(dtype == .f64, cpus, count) / 1e9 }
    }
    for (name, bytes) in workingSets(threads: threads, machine: machine) {
      streamGbps["read_\(name)", default: [:]][key] = bestOfAttempts { cb_read_bandwidth(cpus, count, bytes) / 1e9 }
    }
    streamGbps["copy_dram", default: [:]][key] = cb_copy_bandwidth(cpus, count, 128 << 20) / 1e9
  }

  /// Another process may hold a core for as long as one attempt takes: tries again until the best rises no more, twice
  /// at least and five times at most.
  private func bestOfAttempts(_ attempt: () -> Double) -> Double {
    var best = attempt()
    for _ in 1..<5 {
      let next = attempt()
      let risen = next > 1.01 * best
      best = max(best, next)
      if !risen { break }
    }
    return best
  }

  /// Half of each cache, so that what else lives there does not push it out, and far more than the last one.
  private func workingSets(threads: Int, machine: Machine) -> [(String, Int)] {
    let (l2, l3) = (machine.cacheBytes(level: 2), machine.cacheBytes(level: 3))
    var sets: [(String, Int)] = []
    if l2 > 0 { sets.append(("l2", l2 / 2 * threads)) }
    if l3 > 0 { sets.append(("l3", l3 / 2)) }
    sets.append(("dram", max(256 << 20, 4 * l3)))
    return sets
  }

  /// The higher one of each limit: a core that was held by others while it was measured shows none.
  static func higher(_ first: [String: [String: Double]], _ second: [String: [String: Double]])
    -> [String: [String: Double]]
  {
    first.merging(second) { $0.merging($1) { max($0, $1) } }
  }

  /// What differs from `earlier` by more than measuring again explains.
  func changes(since earlier: Limits) -> [String] {
    var changes: [String] = []
    for (before, after) in zip(earlier.roundTripNs, roundTripNs) where max(before, after) > 1.5 * min(before, after) {
      changes.append("a cache line's round trip between cores went from \(format(before, 0)) to \(format(after, 0)) ns")
    }
    changes += Self.changes(earlier.peakGflops, peakGflops, tolerance: 0.05, "the multiply-add peak", "GFLOP/s")
    changes += Self.changes(earlier.streamGbps, streamGbps, tolerance: 0.25, "the bandwidth", "GB/s")
    return changes
  }

  private static func changes(
    _ before: [String: [String: Double]], _ after: [String: [String: Double]], tolerance: Double, _ what: String,
    _ unit: String
  ) -> [String] {
    before.sorted { $0.key < $1.key }.flatMap { key, values in
      values.sorted { $0.key < $1.key }.compactMap { threads, old in
        guard let new = after[key]?[threads], abs(new / old - 1) > tolerance else { return nil }
        return "\(what) \(key) at \(threads) threads went from \(format(old, 1)) to \(format(new, 1)) \(unit)"
      }
    }
  }
}
