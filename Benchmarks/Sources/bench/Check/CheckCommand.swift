import Foundation
import KernelProperties
import Kernels

/// `bench check [FILTER…]`: runs the properties that the tests run, on the CPU in front of the user.
/// Returns the exit status: 1 if a property does not hold.
func runCheck(_ options: CheckOptions) throws -> Int32 {
  let progress = Progress(tableToStandardError: false)
  if let line = options.replay {
    let verdict = try replayed(line)
    progress.line(verdictLine(verdict))
    return verdict.passed ? EXIT_SUCCESS : EXIT_FAILURE
  }
  let isas = try resolveISAs(options.isas ?? ["all"])
  let (seed, cases) = (options.seed ?? defaultSeed, options.cases ?? defaultCases)
  if let reason = serialReason() { progress.line("warning: every call runs on one thread: \(reason)") }
  progress.line("checking \(isas.map(\.name).joined(separator: ", ")): \(cases) cases a kernel, seed \(seed)")
  let unavailable = ISA.compiled.filter { name in !ISA.available.contains { $0.name == name } }
  if !unavailable.isEmpty { progress.line("this CPU cannot run \(unavailable.joined(separator: ", "))") }

  let verdicts = runProperties(filter: options.filters, isas: isas, seed: seed, cases: cases) { update in
    if let verdict = update.verdict {
      progress.line(verdictLine(verdict))
    } else {
      progress.show("\(update.id) \(update.done)/\(update.total)")
    }
  }
  if verdicts.isEmpty { throw BenchError("no property matches \(options.filters.joined(separator: ", "))") }
  progress.line()
  for line in kernelLines(verdicts) { progress.line(line) }
  return verdicts.allSatisfy(\.passed) ? EXIT_SUCCESS : EXIT_FAILURE
}

/// The verdict on the case that a line names; a line that names none is a mistake in the command line.
private func replayed(_ line: String) throws -> Verdict {
  do { return try replay(line) } catch let error as ReplayError { throw UsageError(message: error.description) }
}

/// One property's verdict; a failure says what was wrong and how to see it again.
private func verdictLine(_ verdict: Verdict) -> String {
  let worst = verdict.worst > 0 ? ", worst error \(format(verdict.worst, 3)) of its bound" : ""
  guard let failure = verdict.failure else {
    return "ok    \(verdict.id): \(verdict.claim) (\(verdict.cases) cases\(worst))"
  }
  return """
    FAIL  \(verdict.id): \(verdict.claim)
          case \(failure.index): \(failure.message)
          replay: bench check --replay "\(failure.replay)"
    """
}

/// One line per kernel and instruction set.
private func kernelLines(_ verdicts: [Verdict]) -> [String] {
  var kernels: [String] = []
  for kernel in verdicts.map(kernel) where !kernels.contains(kernel) { kernels.append(kernel) }
  return kernels.map { name in
    let group = verdicts.filter { kernel($0) == name }
    let failed = group.filter { !$0.passed }.count
    let cases = group.map(\.cases).reduce(0, +)
    let worst = group.map(\.worst).max() ?? 0
    return "\(failed == 0 ? "PASS" : "FAIL")  \(name): \(group.count - failed) of \(group.count) properties hold, "
      + "\(cases) cases, worst error \(format(worst, 3)) of its bound"
  }
}

/// `gemm/f32/avx2` of `gemm/f32/avx2/error-bound`.
private func kernel(_ verdict: Verdict) -> String {
  verdict.id.split(separator: "/").dropLast().joined(separator: "/")
}
