// What a dependent does: one threaded product, checked, with a line for each fact that the scripts ask about.
import Foundation
import Kernels

@main
struct Consumer {
  static func main() async throws {
    let n = 384
    let a = (0..<n * n).map { Float($0 % 7 - 3) }
    let b = (0..<n * n).map { Float($0 % 5 - 2) }
    var c = [Float](repeating: .nan, count: n * n)
    let clock = ContinuousClock()
    var best = Duration.seconds(1)
    for _ in 0..<20 {
      var out = c.mutableSpan
      best = min(best, try clock.measure { try gemm(a.span, b.span, into: &out, m: n, n: n, k: n, threads: 2) })
    }
    print("isa=\(ISA.current)")
    print("parallel=\(Threads.isParallel ? "yes" : "no")")
    print("allowed=\(Threads.allowed)")
    print("threads=\(Threads.current)")
    print("team=\(teamSize())")
    print("libomp=\(mapped("libomp") ? "loaded" : "absent")")
    let (same, census) = try await crowd(a, b, c, n)
    print("crowd=\(same ? "right" : "wrong")")
    print("census=\(census <= ProcessInfo.processInfo.activeProcessorCount + 4 ? "bounded" : "\(census) threads")")
    print("correct=\(isProduct(c, a, b, n) ? "yes" : "no")")
    print("gflops=\(2 * Double(n * n * n) / (best / .nanoseconds(1)))")
  }

  /// The same product from 64 tasks at once: whether each got the same bits, and the most threads that were seen.
  /// The tasks' own pool has a thread for each processor; the main thread and the one team come on top.
  static func crowd(_ a: [Float], _ b: [Float], _ expected: [Float], _ n: Int) async throws -> (Bool, Int) {
    try await withThrowingTaskGroup(of: (Bool, Int).self) { group in
      for _ in 0..<64 {
        group.addTask {
          var c = [Float](repeating: .nan, count: n * n)
          var out = c.mutableSpan
          try gemm(a.span, b.span, into: &out, m: n, n: n, k: n, threads: 2)
          return (c == expected, teamSize())
        }
      }
      return try await group.reduce((true, 0)) { ($0.0 && $1.0, max($0.1, $1.1)) }
    }
  }

  /// How many threads the process has: the caller and the workers that the product left waiting.
  static func teamSize() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? (Threads.isParallel ? 2 : 1)
  }

  static func mapped(_ library: String) -> Bool {
    (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8).contains(library)) ?? Threads.isParallel
  }

  /// The definition, on every 11th row; exact, since all values are small integers.
  static func isProduct(_ c: [Float], _ a: [Float], _ b: [Float], _ n: Int) -> Bool {
    stride(from: 0, to: n, by: 11).allSatisfy { i in
      var row = [Float](repeating: 0, count: n)
      for p in 0..<n {
        for j in 0..<n { row[j] += a[i * n + p] * b[p * n + j] }
      }
      return row[...] == c[i * n..<(i + 1) * n]
    }
  }
}
