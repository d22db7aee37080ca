import Foundation
import KernelProperties
import Kernels
import Testing

/// How many cases per kernel and instruction set, and from which seed: `SWIFT_KERNELS_CASES`, `SWIFT_KERNELS_SEED`.
enum Options {
  static let cases = number("SWIFT_KERNELS_CASES") ?? defaultCases
  static let seed = number("SWIFT_KERNELS_SEED").map { UInt64($0) } ?? defaultSeed

  /// One line to replay instead: `SWIFT_KERNELS_REPLAY`.
  static let replay = ProcessInfo.processInfo.environment["SWIFT_KERNELS_REPLAY"]

  private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }
}

/// Checks the property `name` of a suite on its share of the cases, for every element type.
func expectHolds(
  _ suite: Suite, _ name: String, on isa: ISA, sourceLocation: SourceLocation = #_sourceLocation
) {
  let runners = suite.runners.filter { $0.name == name }
  #expect(!runners.isEmpty, "no property is called \(name)", sourceLocation: sourceLocation)
  for runner in runners {
    let cases = suite.share(of: runner, cases: Options.cases)
    expectPassed(runner.run(RunOptions(isa: isa, seed: Options.seed, cases: cases)), sourceLocation: sourceLocation)
  }
}

/// Records a failed verdict with the line that replays it.
func expectPassed(_ verdict: Verdict, sourceLocation: SourceLocation = #_sourceLocation) {
  guard let failure = verdict.failure else { return }
  Issue.record(
    """
    \(verdict.claim): \(failure.message)
    seed \(Options.seed), case \(failure.index)
    SWIFT_KERNELS_REPLAY='\(failure.replay)' swift test -c release --filter replay
    """, sourceLocation: sourceLocation)
}
