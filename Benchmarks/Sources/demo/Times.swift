internal import CBench
import Kernels

/// Where the time of a training went, beside what the machine can do at most.
struct Times: Sendable {
  struct Row: Sendable {
    let name: String
    /// Of one step.
    let milliseconds: Double
    /// Of all steps.
    let share: Double
    /// 10⁹ operations or bytes a second, and what part that is of the machine's peak; nil where neither is known.
    let rate: (value: Double, unit: String, ofPeak: Double)?
  }

  /// GFLOP/s of fused multiply-adds in registers, and GB/s of copying what fits the last cache.
  let peak: (gflops: Double, gbps: Double)
  /// The slowest first; the last is what is no kernel.
  let rows: [Row]

  init(_ profile: Profile, machine: Machine, trainer: Trainer) {
    let peak = Self.peak(threads: machine.threads)
    self.peak = peak
    let steps = Double(max(trainer.losses.count, 1))
    let total = trainer.history.reduce(0) { $0 + $1.seconds }
    var rows = profile.slowestFirst.map { entry in
      let (amount, most, unit) =
        entry.operations > 0 ? (entry.operations, peak.gflops, "GFLOP/s") : (entry.bytes, peak.gbps, "GB/s")
      let value = amount / entry.seconds / 1e9
      return Row(
        name: entry.name, milliseconds: 1e3 * entry.seconds / steps, share: entry.seconds / total,
        rate: amount > 0 ? (value, unit, value / most) : nil)
    }
    let rest = total * (1 - rows.reduce(0) { $0 + $1.share })
    rows.append(
      Row(name: "outside of kernels", milliseconds: 1e3 * rest / steps, share: rest / total, rate: nil))
    self.rows = rows
  }

  /// Measured after the training, on the CPUs that this process may use.
  private static func peak(threads: Int) -> (gflops: Double, gbps: Double) {
    var cpus = [CInt](repeating: 0, count: 1024)
    // SAFETY: C writes at most as many numbers as the array has room for.
    let allowed = unsafe cb_allowed_cpus(&cpus, cpus.count)
    let count = CInt(min(threads, max(allowed, 1), cpus.count))
    // SAFETY: C reads `count` numbers.
    return unsafe (cb_fma_peak(false, cpus, count) / 1e9, cb_copy_bandwidth(cpus, count, 8 << 20) / 1e9)
  }

  var limits: String { "peak \(fixed(peak.gflops, 1)) GFLOP/s, copying in cache \(fixed(peak.gbps, 1)) GB/s" }

  /// The rows as text, a heading above them.
  var table: [String] {
    let width = rows.map(\.name.count).max() ?? 0
    let heading = "where the time of a step went; \(limits)"
    let lines = rows.map { row in
      let name = row.name + String(repeating: " ", count: width - row.name.count)
      let rate =
        row.rate.map { "\(fixed($0.value, 1, width: 8)) \($0.unit)  \(fixed(100 * $0.ofPeak, 1, width: 5)) % of peak" }
        ?? ""
      return "  \(name)  \(fixed(row.milliseconds, 3, width: 7)) ms  \(fixed(100 * row.share, 1, width: 5)) %\(rate)"
    }
    return [heading] + lines
  }
}
