import CBench
import Foundation
import Kernels

/// Random numbers from counters.  Its operations are elements: GFLOP/s reads as Gelem/s.
struct RandomSuite: Suite {
  let name = "random"

  func cases(_ request: Request) throws -> [Case] {
    Distribution.allCases.flatMap { distribution in
      request.cases(of: BufferLength.all) { makeCase(distribution, $0, $1, $2, $3, request.peers) }
    }
  }

  private func makeCase(
    _ distribution: Distribution, _ dtype: DType, _ count: Int, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) -> Case {
    .overBuffers(.random, "random_\(distribution.rawValue)", dtype, count, isa, threads, reads: 0) {
      switch dtype {
      case .f32: prepare(RandomProblem<Float>(distribution, count: count), isa, threads, peers)
      case .f64: prepare(RandomProblem<Double>(distribution, count: count), isa, threads, peers)
      }
    }
  }

  private func prepare<T: BenchmarkScalar>(
    _ problem: RandomProblem<T>, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) -> PreparedCase {
    PreparedCase(
      ours: Contender(name: "ours") { count in
        let source = RandomSource(seed: 1)
        var y = problem.y.mutableElements.mutableSpan
        for _ in 0..<count {
          switch problem.distribution {
          case .uniform: try randomUniform(into: &y, from: source, isa: isa, threads: threads)
          case .normal: try randomNormal(into: &y, from: source, isa: isa, threads: threads)
          case .bernoulli:
            try randomBernoulli(
              into: &y, probability: RandomProblem<T>.probability, from: source, isa: isa, threads: threads)
          }
        }
      },
      peers: peers.compactMap { $0.random(problem, threads: threads) }, operands: [],
      spoilOutput: problem.spoilOutput, errorOverBound: problem.errorOverBound)
  }
}

/// What is drawn: from [0, 1), of mean 0 and deviation 1, or 0 and 1.
enum Distribution: String, CaseIterable {
  case uniform, normal, bernoulli
}

/// The numbers that every contender draws, each its own.
final class RandomProblem<T: BenchmarkScalar> {
  static var probability: Double { 0.25 }

  let distribution: Distribution
  let y: Buffer<T>

  init(_ distribution: Distribution, count: Int) {
    self.distribution = distribution
    y = Buffer(count: count) { .nan }
  }

  func spoilOutput() { y.mutableElements.update(repeating: .nan) }

  /// How far mean and variance of the first million lie from the distribution's, over six times their standard
  /// deviations; infinity where a number cannot be one of its.
  func errorOverBound() -> Double {
    let values = (0..<min(y.count, 1 << 20)).map { Double(y.pointer[$0]) }
    guard values.allSatisfy(isPossible) else { return .infinity }
    let n = Double(values.count), p = Self.probability
    let (mean, variance, kurtosis) =
      switch distribution {
      case .uniform: (0.5, 1.0 / 12, 9.0 / 5)
      case .normal: (0, 1, 3)
      case .bernoulli: (p, p * (1 - p), 1 / (p * (1 - p)) - 3)
      }
    let sampleMean = values.reduce(0, +) / n
    let sampleVariance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    return max(
      abs(sampleMean - mean) / (6 * (variance / n).squareRoot()),
      abs(sampleVariance - variance) / (6 * variance * ((kurtosis - 1) / n).squareRoot()))
  }

  private func isPossible(_ value: Double) -> Bool {
    switch distribution {
    case .uniform: value >= 0 && value < 1
    case .normal: abs(value) < 10
    case .bernoulli: value == 0 || value == 1
    }
  }
}
