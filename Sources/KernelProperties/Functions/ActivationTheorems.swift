import Kernels
import KernelsReference

extension ActivationProperties {
  static var theorems: [Claim] {
    [
      Claim(
        "homogeneous", "inverted dropout commutes with ReLU, LeakyReLU and every positively homogeneous function",
        weight: 2,
        generate: {
          var x = $0.map(subjects: homogeneous.count)
          x.spread = $0.int(0...3)
          x.choice = $0.int(0...9)
          return x
        }, check: commutes),
      Claim(
        "forward-is-x-times-derivative", "f(x) = x f′(x) for ReLU, LeakyReLU and every positively homogeneous function",
        generate: {
          var x = $0.map(subjects: homogeneous.count)
          x.spread = $0.int(0...4)
          return x
        },
        check: { x, isa in
          let activation = homogeneous[min(max(x.subject, 0), homogeneous.count - 1)]
          let arguments: [T] = x.arguments()
          let forward = try values(activation, arguments, isa)
          let backward = try derivative(activation, arguments, arguments, isa)
          for (index, x) in arguments.enumerated() where forward[index] != backward[index] && !x.isNaN {
            throw PropertyFailure("\(activation)(\(x)) is \(forward[index]), x f′(x) \(backward[index])")
          }
          return 0
        }),
      Claim(
        "sigmoid-derivative", "sigmoid′ = s (1 − s) lies in 0 … ¼ for every number, without NaN", weight: 1,
        generate: { $0.map(subjects: 1) },
        check: { x, isa in
          let arguments: [T] = x.arguments().filter { !$0.isNaN }
          let results = try values(.sigmoid, arguments, isa)
          let slopes = try derivative(.sigmoid, results, arguments.map { _ in 1 }, isa)
          for (index, slope) in slopes.enumerated() where !(slope >= 0 && slope <= 0.25) {
            throw PropertyFailure("sigmoid′(\(arguments[index])) is \(slope)")
          }
          return 0
        }),
    ]
  }

  private static var homogeneous: [Activation<T>] {
    [.relu, .leakyReLU(), .leakyReLU(alpha: 0.3), .homogeneous(positive: 1.5, negative: -0.7)]
  }

  private static func values(_ activation: Activation<T>, _ x: [T], _ isa: ISA) throws -> [T] {
    var y = x
    var out = y.mutableSpan
    try activate(activation, x.span, into: &out, isa: isa, threads: 1)
    return y
  }

  /// mask ⊙ f(y) and f(mask ⊙ y), where the mask is 0 or 1 / (1 − p), p = 0.1, 0.2, … (`choice` tenths).
  ///
  /// Both round twice, so they differ by at most 4u of either; ReLU rounds once, and so does everything where the factor
  /// is a power of two.
  @Sendable private static func commutes(_ x: MapCase, _ isa: ISA) throws -> Double {
    let activation = homogeneous[min(max(x.subject, 0), homogeneous.count - 1)]
    let p = T(min(max(x.choice, 0), 9)) / 10
    let factor = 1 / (1 - p)
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed), id: "mask", index: 0)
    let arguments: [T] = x.arguments()
    let mask = arguments.map { _ in T(Double(random.int(0...1_000_000)) / 1_000_000) < p ? 0 : factor }
    let before = try values(activation, zip(arguments, mask).map { $0 * $1 }, isa)
    let after = zip(try values(activation, arguments, isa), mask).map { $0 * $1 }
    let isExact = activation == .relu || factor.significand == 1
    for index in arguments.indices where before[index] != after[index] {
      let limit = isExact ? 0 : 4 * T.unitRoundoff * Double(after[index].magnitude)
      guard Double((before[index] - after[index]).magnitude) <= limit else {
        throw PropertyFailure(
          "\(activation), x \(arguments[index]), mask \(mask[index]): \(before[index]), \(after[index])")
      }
    }
    return 0
  }
}
