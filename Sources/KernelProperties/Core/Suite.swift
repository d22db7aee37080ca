public import Kernels

/// All properties of one operation.
public struct Suite: Sendable {
  /// The operation, the first part of every id: `gemm`.
  public let name: String

  /// One runner per property and element type.
  public let runners: [PropertyRunner]

  init(_ name: String, _ runners: [PropertyRunner]) {
    self.name = name
    self.runners = runners
  }

  /// Every suite.
  public static let all: [Suite] = [
    .gemm, .functions, .activations, .rows, .elementwise, .convolution, .random, .optimizers, .pad, .pooling,
    .resampling,
  ]

  /// How many of `cases` cases of a kernel fall to `runner`: its share by weight, rounded up.
  public func share(of runner: PropertyRunner, cases: Int) -> Int {
    let total = runners.filter { $0.kernel == runner.kernel }.reduce(0) { $0 + $1.weight }
    return (cases * runner.weight + total - 1) / total
  }
}

/// How far a run has come.
public struct Progress: Sendable {
  /// `kernel/type/isa/property` of what is being checked.
  public let id: String

  /// Cases of it checked so far, and how many there will be.
  public let done: Int
  public let total: Int

  /// Set once, when it is finished.
  public let verdict: Verdict?
}

/// The number of cases per kernel and instruction set where nobody says otherwise.
public let defaultCases = 10_000

/// The seed where nobody says otherwise: a run is reproducible unless asked not to be.
public let defaultSeed: UInt64 = 1

/// Checks the properties of every kernel on every instruction set, one after the other.
///
/// ```swift
/// let verdicts = runProperties(filter: ["gemm/f32"], cases: 1000)
/// for case let failure? in verdicts.map(\.failure) { print(failure.message, "replay:", failure.replay) }
/// ```
///
/// - Parameters:
///   - filter: runs what has any of these in its id `kernel/type/isa/property`; everything where empty.
///   - isas: the instruction sets to force in turn.
///   - seed: the same seed gives the same cases.
///   - cases: how many cases per kernel and instruction set, shared out over its properties by weight.
///   - progress: called now and then, and once with each verdict.
/// - Returns: one verdict per property, element type and instruction set.
public func runProperties(
  filter: [String] = [], isas: [ISA] = ISA.available, seed: UInt64 = defaultSeed, cases: Int = defaultCases,
  progress: @Sendable (Progress) -> Void = { _ in }
) -> [Verdict] {
  var verdicts: [Verdict] = []
  for suite in Suite.all {
    for isa in isas {
      for runner in suite.runners where filter.isEmpty || filter.contains(where: runner.id(isa).contains) {
        let total = suite.share(of: runner, cases: cases)
        let verdict = runner.run(RunOptions(isa: isa, seed: seed, cases: total)) { done in
          progress(Progress(id: runner.id(isa), done: done, total: total, verdict: nil))
        }
        progress(Progress(id: verdict.id, done: verdict.cases, total: total, verdict: verdict))
        verdicts.append(verdict)
      }
    }
  }
  return verdicts
}
