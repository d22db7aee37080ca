import Kernels
import Testing

/// Theorems L1 and L2: what the standard initialization does to means and variances.
///
/// Each statistic is a mean of independent trials, so six of its standard deviations, which follow from the moments of
/// the distribution, leave a chance of 2·10⁻⁹ that a right implementation fails; and the seeds do not change.
@Suite("Variances of the standard initialization")
struct InitializationTheoremTests {
  @Test(
    "theorem L1: first weights have mean 0 and variance 1/(3n)", arguments: ISA.available, [1, 3, 64, 1000])
  func theoremL1(isa: ISA, inputs: Int) throws {
    let count = 40_000.0
    var weights = [Double](repeating: .nan, count: Int(count))
    var out = weights.mutableSpan
    let fans = Fans(inputs: inputs, outputs: 5)
    try initialize(&out, .standard, fans: fans, from: RandomSource(seed: 1, stream: UInt64(inputs)), isa: isa)
    let variance = 1 / (3 * Double(inputs))
    let deviation = Initialization.standard.deviation(fans)
    #expect((deviation * deviation - variance).magnitude <= 4 * variance.ulp)
    let mean = weights.reduce(0, +) / count
    let square = weights.reduce(0) { $0 + $1 * $1 } / count
    // The fourth moment of a uniform distribution is 9/5 of its variance squared.
    #expect(mean.magnitude <= 6 * (variance / count).squareRoot())
    #expect((square - variance).magnitude <= 6 * (0.8 * variance * variance / count).squareRoot())
  }

  @Test("theorem L2: variances through the layers of a linear network", arguments: ISA.available)
  func theoremL2(isa: ISA) throws {
    let (widths, trials) = ([12, 20, 7, 15], 1500)
    var squares = [Double](repeating: 0, count: widths.count)
    for trial in 0..<trials {
      var x = [Double](repeating: .nan, count: widths[0])
      var input = x.mutableSpan
      try randomNormal(into: &input, from: RandomSource(seed: 7, stream: UInt64(trial)), isa: isa)
      for layer in 1..<widths.count {
        x = try Self.layer(x, outputs: widths[layer], RandomSource(seed: UInt64(layer), stream: UInt64(trial)), isa)
        squares[layer] += x.reduce(0) { $0 + $1 * $1 } / Double(widths[layer])
      }
    }
    var moments = Moments(variance: 1, fourth: 3, product: 1)
    for layer in 1..<widths.count {
      let (inputs, outputs) = (Double(widths[layer - 1]), Double(widths[layer]))
      let before = moments.variance
      moments = moments.afterLayer(inputs)
      #expect(moments.variance == (before + 1 / inputs) / 3)
      let ofMean =
        (moments.fourth + (outputs - 1) * moments.product) / outputs - moments.variance * moments.variance
      let got = squares[layer] / Double(trials)
      #expect((got - moments.variance).magnitude <= 6 * (ofMean / Double(trials)).squareRoot(), "layer \(layer)")
    }
  }

  /// W x + b, first weights and a first bias.
  private static func layer(_ x: [Double], outputs: Int, _ source: RandomSource, _ isa: ISA) throws -> [Double] {
    let fans = Fans(inputs: x.count, outputs: outputs)
    var parameters = [Double](repeating: .nan, count: (x.count + 1) * outputs)
    var out = parameters.mutableSpan
    try initialize(&out, .standard, fans: fans, from: source, isa: isa)
    var y = Array(parameters[(x.count * outputs)...])
    var result = y.mutableSpan
    try gemm(parameters.span, x.span, into: &result, m: outputs, n: 1, k: x.count, beta: 1, isa: isa)
    return y
  }

  /// E x_i², E x_i⁴ and E x_i² x_j² of the elements of a layer, which have mean 0.
  private struct Moments {
    var variance, fourth, product: Double

    /// Of w·x + b over `n` inputs: E w² = 1/(3n) and E w⁴ = 1/(5n²), of b likewise.  Given x, elements are independent.
    func afterLayer(_ n: Double) -> Moments {
      let (pairs, fourths) = (n * (n - 1) * product, n * fourth)
      return Moments(
        variance: (variance + 1 / n) / 3,
        fourth: (fourths + 1) / (5 * n * n) + (3 * pairs + 6 * n * variance) / (9 * n * n),
        product: (fourths + pairs + 2 * n * variance + 1) / (9 * n * n))
    }
  }
}
