import Kernels
import Testing

@testable import bench

@Suite("The random suite")
struct RandomSuiteTests {
  @Test("our numbers have the moments of their distribution", arguments: Distribution.allCases)
  func moments(distribution: Distribution) throws {
    let problem = RandomProblem<Float>(distribution, count: 4096)
    var y = problem.y.mutableElements.mutableSpan
    switch distribution {
    case .uniform: try randomUniform(into: &y, from: RandomSource(seed: 1))
    case .normal: try randomNormal(into: &y, from: RandomSource(seed: 1))
    case .bernoulli:
      try randomBernoulli(into: &y, probability: RandomProblem<Float>.probability, from: RandomSource(seed: 1))
    }
    #expect(problem.errorOverBound() <= 1)
  }

  @Test("numbers of another distribution are found out", arguments: Distribution.allCases)
  func moved(distribution: Distribution) throws {
    let problem = RandomProblem<Float>(distribution, count: 4096)
    var y = problem.y.mutableElements.mutableSpan
    try randomUniform(into: &y, in: 0.1..<0.9, from: RandomSource(seed: 1))
    #expect(problem.errorOverBound() > 1)
  }

  @Test("numbers that were never drawn are none", arguments: Distribution.allCases)
  func spoiled(distribution: Distribution) {
    #expect(RandomProblem<Float>(distribution, count: 64).errorOverBound() == .infinity)
  }
}
