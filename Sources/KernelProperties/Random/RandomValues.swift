import Kernels
import KernelsReference

extension RandomProperties {
  static var values: [Claim] {
    [
      Claim(
        "definition", "every number is what its definition makes of its block", weight: 4,
        generate: { $0.randomCase() }, check: definition),
      Claim(
        "blocks", "blocks are those of Philox4x32-10",
        generate: { $0.randomCase(limit: 120) },
        check: { c, isa in
          var blocks = [SIMD4<UInt32>](repeating: .zero, count: c.n)
          var out = blocks.mutableSpan
          try randomBlocks(into: &out, from: source(c), isa: isa, threads: c.threads)
          let sequence = ReferenceSequence(seed: UInt64(c.seed), stream: UInt64(c.stream))
          for (index, block) in blocks.enumerated() where block != sequence.block(UInt64(c.offset + index)) {
            throw PropertyFailure("block \(index) is \(block)")
          }
          return 0
        }),
      Claim(
        "range", "uniform numbers lie in their half-open range, however narrow or wide",
        generate: {
          var x = $0.randomCase(limit: 2000)
          x.place = $0.int(-60...60)
          return x
        },
        check: { c, isa in
          let exponent = T.Exponent(min(max(c.place, -60), 60))
          let (low, width) = (T(c.percent - 50), T(sign: .plus, exponent: exponent, significand: 1))
          guard low < low + width else { return 0 }
          var y = [T](repeating: .nan, count: c.n)
          var out = y.mutableSpan
          try randomUniform(into: &out, in: low..<low + width, from: source(c), isa: isa, threads: c.threads)
          guard let outside = y.first(where: { !($0 >= low && $0 < low + width) }) else { return 0 }
          throw PropertyFailure("\(outside) is outside \(low) ..< \(low + width)")
        }),
      Claim(
        "moments", "mean and mean square are within six deviations of the distribution's",
        generate: {
          var x = $0.randomCase()
          x.n = 4000
          return x
        }, check: moments),
      Claim(
        "initialization", "first weights have the bound and the deviation of their scheme",
        generate: {
          var x = $0.randomCase()
          (x.n, x.place) = ($0.int(1...50), $0.int(0...4))
          x.shift = $0.int(1...50)
          return x
        }, check: initialization),
      Claim(
        "malformed", "a malformed call throws an error that names the argument, and changes nothing",
        generate: {
          var x = $0.randomCase()
          x.place = $0.int(0...9)
          return x
        }, check: malformed),
    ]
  }

  @Sendable private static func definition(_ c: RandomCase, _ isa: ISA) throws -> Double {
    let sequence = ReferenceSequence(seed: UInt64(c.seed), stream: UInt64(c.stream))
    let (got, x) = (try drawn(c, isa), input(c.n))
    let scale = T(1 / (1 - c.probability))
    var worst = 0.0
    for index in 0..<c.n {
      let place = UInt64(c.offset + index)
      let u: T = sequence.unit(place)
      if c.kind == 1 {
        // Mean and deviation shift and scale by powers of two, which leaves one rounding.
        let exact = 2 * sequence.normal(place, T.self) + 0.5
        let bound =
          2 * ReferenceSequence.normalBound((exact - 0.5) / 2, T.self) + 2 * T.unitRoundoff * exact.magnitude
        let error = (Double(got[index]) - exact).magnitude
        guard error <= bound else { throw PropertyFailure("normal \(index) is \(got[index]), not \(exact)") }
        worst = max(worst, error / bound)
        continue
      }
      let dropped = u < T(c.probability)
      let expected: T =
        c.kind == 0 ? T(-3).addingProduct(8, u) : c.kind == 2 ? (dropped ? 1 : 0) : x[index] * (dropped ? 0 : scale)
      guard got[index].bits == expected.bits else {
        throw PropertyFailure("element \(index) is \(got[index]), not \(expected)")
      }
    }
    return worst
  }

  /// A sum of n independent numbers is within 6 √(n variance) of its mean but once in 5e8 cases; seeds are fixed.
  @Sendable private static func moments(_ c: RandomCase, _ isa: ISA) throws -> Double {
    guard c.kind < 3, c.n > 0 else { return 0 }
    let y = try drawn(c, isa).map { Double($0) }
    let p = c.probability
    let (mean, variance) = [(1, 64.0 / 12), (0.5, 4), (p, p * (1 - p))][c.kind]
    // The fourth central moment: of a uniform distribution 9/5 variance², of a normal one 3 variance².
    let fourth = [1.8 * variance * variance, 3 * variance * variance, variance * (1 - 3 * variance)][c.kind]
    let count = Double(c.n)
    let first = (y.reduce(0, +) - count * mean).magnitude
    let second = (y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } - count * variance).magnitude
    let bounds = [6 * (count * variance).squareRoot(), 6 * (count * max(0, fourth - variance * variance)).squareRoot()]
    let rounding = count * count * 2 * T.unitRoundoff
    guard first <= bounds[0] + rounding, second <= bounds[1] + rounding else {
      throw PropertyFailure("sums are off by \(first) and \(second), more than \(bounds)")
    }
    return max(first / (bounds[0] + rounding), second / (bounds[1] + rounding))
  }

  @Sendable private static func initialization(_ c: RandomCase, _ isa: ISA) throws -> Double {
    guard c.n > 0, c.shift > 0 else { return 0 }
    let (inputs, outputs) = (3 * c.n, 3 * c.shift)
    let fans = try Fans(shape: [c.shift, c.n, 3])
    guard fans == Fans(inputs: inputs, outputs: outputs) else { throw PropertyFailure("the fans are \(fans)") }
    let schemes: [(Initialization, Double, uniform: Bool)] = [
      (.standard, (1 / Double(inputs)).squareRoot(), true),
      (.xavierUniform(), (6 / Double(inputs + outputs)).squareRoot(), true),
      (.xavierNormal(gain: 2), 2 * (2 / Double(inputs + outputs)).squareRoot(), false),
      (.kaimingUniform(), (6 / Double(inputs)).squareRoot(), true),
      (.kaimingNormal(mode: .outputs), (2 / Double(outputs)).squareRoot(), false),
    ]
    let (scheme, spread, uniform) = schemes[min(max(c.place, 0), 4)]
    var (got, expected) = ([T](repeating: .nan, count: 40), [T](repeating: .nan, count: 40))
    var out = got.mutableSpan
    try initialize(&out, scheme, fans: fans, from: source(c), isa: isa, threads: c.threads)
    var plain = expected.mutableSpan
    if uniform {
      try randomUniform(into: &plain, in: -T(spread)..<T(spread), from: source(c), isa: isa)
    } else {
      try randomNormal(into: &plain, deviation: T(spread), from: source(c), isa: isa)
    }
    // The spread may be computed in another order: four roundings of `Double`, then one of T.
    for (a, b) in zip(got, expected) where (a - b).magnitude > 2 * T.ulpOfOne * max(b.magnitude, T(spread)) {
      throw PropertyFailure("\(scheme): \(a) is not \(b)")
    }
    return 0
  }

  @Sendable private static func malformed(_ c: RandomCase, _ isa: ISA) throws -> Double {
    var y = input(4)
    var operand = ""
    do throws(KernelError) {
      var out = y.mutableSpan
      switch c.place {
      case 0:
        (operand, _) = ("probability", try randomBernoulli(into: &out, probability: 1.25, from: source(c), isa: isa))
      case 1:
        (operand, _) = ("probability", try randomBernoulli(into: &out, probability: .nan, from: source(c), isa: isa))
      case 2: (operand, _) = ("p", try dropout(inPlace: &out, p: 1, from: source(c), isa: isa))
      case 3: (operand, _) = ("p", try dropout(inPlace: &out, p: -0.5, from: source(c), isa: isa))
      case 4: (operand, _) = ("range", try randomUniform(into: &out, in: 1..<1, from: source(c), isa: isa))
      case 5: (operand, _) = ("deviation", try randomNormal(into: &out, deviation: -1, from: source(c), isa: isa))
      case 6: (operand, _) = ("mean", try randomNormal(into: &out, mean: .infinity, from: source(c), isa: isa))
      case 7: (operand, _) = ("threads", try randomNormal(into: &out, from: source(c), isa: isa, threads: 0))
      case 8: (operand, _) = ("y count", try dropout([T(1)].span, into: &out, p: 0.5, from: source(c), isa: isa))
      default:
        let end = RandomSource(seed: 1, offset: .max - 2)
        (operand, _) = ("offset", try randomUniform(into: &out, from: end, isa: isa))
      }
    } catch {
      let expected = [
        "probability", "probability", "p", "p", "range", "deviation", "mean", "threads", "y count", "offset",
      ][min(max(c.place, 0), 9)]
      guard error.operand == expected else { throw PropertyFailure("\(error) does not name \(expected)") }
      try expectSame(y, input(4), "a refused call")
      return 0
    }
    throw PropertyFailure("nothing was thrown for \(operand)")
  }
}
