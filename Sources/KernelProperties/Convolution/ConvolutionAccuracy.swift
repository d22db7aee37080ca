import Kernels
import KernelsReference

extension ConvolutionProperties {
  static var accuracy: [Claim] {
    [
      claim(
        "exact-integers", "sums of integers below 1/u are exact", weight: 6, pinned: ConvolutionCase.ways,
        generate: integers
      ) { problem, isa in
        try worstError(problem.forward(isa, epilogue: false), problem.sums(), roundings: 0, limit: 0)
      },
      claim(
        "error-bound", "every error is within (K + 2) u Σ|w||x|", weight: 6, pinned: ConvolutionCase.ways(fill: 1),
        generate: reals
      ) { problem, isa in
        try worstError(problem.forward(isa, epilogue: false), problem.sums(), roundings: roundings(problem))
      },
      claim(
        "backward-data-exact", "gradients of x are exact on integers", weight: 3, pinned: ConvolutionCase.ways,
        generate: integers
      ) {
        problem, isa in
        try worstError(problem.backwardData(isa), problem.dataGradient(), roundings: 0, limit: 0)
      },
      claim("backward-data-bound", "gradients of x stay within (K + 2) u Σ|w||dy|", weight: 3, generate: reals) {
        problem, isa in
        let depth = problem.geometry.filters / problem.geometry.groups * problem.geometry.kernel.volume
        return try worstError(problem.backwardData(isa), problem.dataGradient(), roundings: depth + 2)
      },
      claim(
        "backward-weights-exact", "gradients of weights and bias are exact on integers", weight: 3, generate: integers
      ) { problem, isa in
        let (dw, db) = try problem.backwardWeights(isa)
        try expectSame(db, biasGradient(problem), "db")
        return try worstError(dw, problem.weightGradient(), roundings: 0, limit: 0)
      },
      claim("backward-weights-bound", "gradients of weights stay within the bound", weight: 3, generate: reals) {
        problem, isa in
        let outputs = problem.reference.batch * problem.reference.output.volume
        return try worstError(
          problem.backwardWeights(isa).weights, problem.weightGradient(), roundings: outputs + 2)
      },
    ]
  }

  @Sendable private static func integers(_ random: inout SplitMix64) -> ConvolutionCase {
    var x = random.convolution()
    x.fill = 0
    return x
  }

  @Sendable private static func reals(_ random: inout SplitMix64) -> ConvolutionCase {
    var x = random.convolution()
    x.fill = random.int(1...2)
    return x
  }

  private static func roundings(_ problem: ConvolutionProblem<T>) -> Int {
    problem.geometry.channels / problem.geometry.groups * problem.geometry.kernel.volume + 2
  }

  /// Sums of integers, exact in any order.
  private static func biasGradient(_ problem: ConvolutionProblem<T>) throws -> [T] {
    var sums = [T](repeating: 0, count: problem.geometry.filters)
    let pixels = try problem.geometry.outputSize.volume
    for (index, value) in problem.gradient.enumerated() { sums[problem.filter(of: index, pixels: pixels)] += value }
    return sums
  }
}
