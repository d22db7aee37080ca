public import Kernels

/// A property of one kernel and element type, whatever the type of its cases.
public struct PropertyRunner: Sendable {
  /// `kernel/type`, such as `gemm/f32`.
  public let kernel: String
  public let name: String
  public let claim: String
  public let weight: Int

  private let runCases: @Sendable (PropertyRunner, RunOptions, @Sendable (Int) -> Void) -> Verdict
  private let runLine: @Sendable (PropertyRunner, ISA, String) throws -> Verdict

  public init<Case>(_ kernel: String, _ property: Property<Case>) {
    self.kernel = kernel
    name = property.name
    claim = property.claim
    weight = property.weight
    runCases = { runner, options, progress in runner.run(property, options, progress) }
    runLine = { runner, isa, line in try runner.replay(property, isa, line) }
  }

  public func id(_ isa: ISA) -> String { "\(kernel)/\(isa.name)/\(name)" }

  /// Checks `options.cases` cases and reports the first failure, made as small as it gets.
  ///
  /// - Parameter progress: called now and then with the number of cases done.
  public func run(_ options: RunOptions, progress: @Sendable (Int) -> Void = { _ in }) -> Verdict {
    runCases(self, options, progress)
  }

  /// Checks the case that `line` describes.
  public func replay(_ line: String, isa: ISA) throws -> Verdict { try runLine(self, isa, line) }
}

/// Which cases to check, and on what.
public struct RunOptions: Sendable {
  public var isa: ISA
  public var seed: UInt64
  public var cases: Int

  public init(isa: ISA, seed: UInt64, cases: Int) {
    self.isa = isa
    self.seed = seed
    self.cases = cases
  }
}

// MARK: Running

extension PropertyRunner {
  private func run<Case>(
    _ property: Property<Case>, _ options: RunOptions, _ progress: (Int) -> Void
  ) -> Verdict {
    let id = id(options.isa)
    var worst = 0.0
    for index in 0..<options.cases {
      var random = SplitMix64(seed: options.seed, id: "\(kernel)/\(name)", index: index)
      let input = index < property.pinned.count ? property.pinned[index] : property.generate(&random)
      switch outcome(property, input, options.isa) {
      case .success(let ratio): worst = max(worst, ratio)
      case .failure(let reason):
        let (smallest, message) = shrunk(property, input, reason, options.isa)
        let failure = Verdict.Failure(message: message.description, replay: "\(id) \(smallest.line)", index: index)
        return Verdict(id: id, claim: claim, cases: index + 1, worst: worst, failure: failure)
      }
      if index % 64 == 63 { progress(index + 1) }
    }
    progress(options.cases)
    return Verdict(id: id, claim: claim, cases: options.cases, worst: worst, failure: nil)
  }

  private func replay<Case>(_ property: Property<Case>, _ isa: ISA, _ line: String) throws -> Verdict {
    guard let input = Case(line: line) else {
      let names = Case.fields.map(\.name).joined(separator: ", ")
      throw ReplayError("\"\(line)\" describes no case of \(id(isa)): the fields are \(names)")
    }
    let objection = input.objection ?? Premise(property).objection(to: input)
    if let objection = objection ?? (input.isValid ? nil : "there is no output of that size") {
      throw ReplayError("\"\(line)\" describes no case of \(id(isa)): \(objection)")
    }
    switch outcome(property, input, isa) {
    case .success(let ratio): return Verdict(id: id(isa), claim: claim, cases: 1, worst: ratio, failure: nil)
    case .failure(let reason):
      let failure = Verdict.Failure(message: reason.description, replay: "\(id(isa)) \(input.line)", index: 0)
      return Verdict(id: id(isa), claim: claim, cases: 1, worst: 0, failure: failure)
    }
  }

  /// Follows failing smaller cases until none of the neighbours fails.
  private func shrunk<Case>(
    _ property: Property<Case>, _ failing: Case, _ reason: PropertyFailure, _ isa: ISA
  ) -> (Case, PropertyFailure) {
    let premise = Premise(property)
    var best = (failing, reason)
    var improved = true
    while improved {
      improved = false
      for candidate in best.0.smaller where premise.objection(to: candidate) == nil {
        guard case .failure(let reason) = outcome(property, candidate, isa) else { continue }
        best = (candidate, reason)
        improved = true
        break
      }
    }
    return best
  }

  private func outcome<Case>(
    _ property: Property<Case>, _ input: Case, _ isa: ISA
  ) -> Result<Double, PropertyFailure> {
    // No kernel is called on what a replay would refuse.
    if let objection = input.objection { return .failure(PropertyFailure("drawn, but no case: \(objection)")) }
    do {
      return .success(
        try reportingFaults(of: "\(id(isa)) \(input.line)") { try property.check(input, isa) })
    } catch let failure as PropertyFailure {
      return .failure(failure)
    } catch {
      return .failure(PropertyFailure("threw \(error)"))
    }
  }
}
