import Foundation

extension ResultFile {
  /// Throws unless one of these cases at least has a result here: comparing nothing finds nothing slower.
  func expectResult(forAnyOf ids: [String]) throws(BenchError) {
    let own = Set(results.map(\.id))
    if ids.contains(where: own.contains) { return }
    let example = results.first.map { ", it holds \($0.id)" } ?? ""
    throw BenchError("the baseline has no result of the \(ids.count) cases to measure, such as \(ids[0])\(example)")
  }
}

/// Compares best times with those of an earlier run.
///
/// - Parameter threshold: how many per cent slower is a regression.
func compare(
  _ results: [Result], on machine: Machine, with baseline: ResultFile, threshold: Double
) -> (lines: [String], hasRegression: Bool) {
  let earlier = Dictionary(baseline.results.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  var lines = ["", "baseline  commit \(baseline.machine.commit), \(baseline.machine.cpu)"]
  lines += differences(between: baseline.machine, and: machine)
  var compared = 0
  var hasRegression = false
  for result in results {
    guard let before = earlier[result.id] else { continue }
    compared += 1
    let slower = 100 * (result.secondsBest / before.secondsBest - 1)
    guard abs(slower) > threshold else { continue }
    hasRegression = hasRegression || slower > 0
    lines.append(
      "\(slower > 0 ? "SLOWER" : "faster")    \(result.id): \(formatTime(before.secondsBest)) -> "
        + "\(formatTime(result.secondsBest)) (\(slower > 0 ? "+" : "")\(format(slower, 1)) %)")
  }
  lines.append(
    "baseline  \(compared) of \(results.count) results compared; "
      + (hasRegression ? "some are" : "none is") + " more than \(String(format: "%g", threshold)) % slower")
  return (lines, hasRegression)
}

/// Warnings of what makes times of two machines incomparable.
private func differences(between before: Machine, and now: Machine) -> [String] {
  let isas = { (machine: Machine) in machine.isasAvailable.joined(separator: ", ") }
  return [
    ("the CPU", before.cpu, now.cpu), ("the compiler", before.compiler, now.compiler),
    ("what the CPU can run", isas(before), isas(now)),
  ].filter { $1 != $2 }.map { "warning: \($0) differs from the baseline's: \($2), there \($1)" }
}
