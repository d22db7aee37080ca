import Kernels
import KernelsReference

extension ElementwiseProperties {
  /// A bias and its gradient: `outer` images, `rows` channels, `columns` pixels, channels last where `choice` is 1.
  static var bias: [Claim] {
    [
      Claim(
        "bias", "addBias adds its channel's element, whichever layout", weight: 2, generate: { $0.image() },
        check: addsBias),
      Claim(
        "bias-gradient", "the gradient of a bias is within min(n, 261 + log2 n) u of the sum of magnitudes", weight: 3,
        generate: { $0.image() }, check: gradientBound),
      Claim(
        "bias-adjoint", "<dy, 1 b> = <db, b>, exactly on small integers", weight: 1, generate: { $0.image() },
        check: adjoint),
      Claim(
        "bias-alone", "a channel's gradient does not depend on the others, on threads or on the instruction set",
        weight: 2, generate: { $0.image() }, check: channelAlone),
      Claim(
        "conversion", "a conversion rounds to nearest; to Double and back is the identity", weight: 2,
        generate: { $0.elementwise() }, check: conversion),
    ]
  }

  private static func gradient(
    _ dy: [T], _ x: ElementwiseCase, channels: Int, _ isa: ISA, threads: Int = 1
  ) throws -> [T] {
    var db = [T](repeating: T.canary, count: channels)
    var out = db.mutableSpan
    try biasGradient(
      dy.span, into: &out, pixels: x.columns, channelsLast: x.choice == 1, isa: isa, threads: threads)
    return db
  }

  @Sendable private static func addsBias(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    let count = x.outer * x.rows * x.columns
    let (values, bias): ([T], [T]) = (x.values("x", count), x.values("bias", x.rows))
    var y = values
    do {
      var out = y.mutableSpan
      try addBias(
        values.span, bias.span, into: &out, channels: x.rows, pixels: x.columns, channelsLast: x.choice == 1,
        activation: .relu, isa: isa, threads: x.threads)
    }
    let expected = (0..<count).map { index in
      let sum = values[index] + bias[x.choice == 1 ? index % x.rows : index / x.columns % x.rows]
      return 0 > sum ? 0 : sum
    }
    // ReLU of -0 is a zero of either sign.
    guard let index = expected.indices.first(where: { !y[$0].isSame(as: expected[$0]) && y[$0] != expected[$0] })
    else { return 0 }
    throw PropertyFailure("element \(index) is \(y[index]), not \(expected[index])")
  }

  @Sendable private static func gradientBound(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    var x = x
    x.spread = 0
    let dy: [T] = x.values("dy", x.outer * x.rows * x.columns)
    let db = try gradient(dy, x, channels: x.rows, isa, threads: x.threads)
    let reference = ReferenceBiasGradient(
      dy, batch: x.outer, channels: x.rows, pixels: x.columns, channelsLast: x.choice == 1)
    var worst = 0.0
    for c in db.indices {
      let (error, bound) = (reference.sums[c].distance(to: db[c]), reference.bounds[c])
      guard error <= bound else {
        throw PropertyFailure("channel \(c) is \(db[c]), not \(reference.sums[c]); allowed is \(bound)")
      }
      if bound > 0 { worst = max(worst, error / bound) }
    }
    return worst
  }

  @Sendable private static func adjoint(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed), id: "adjoint", index: 0)
    let dy = (0..<x.outer * x.rows * x.columns).map { _ in T(random.int(-4...4)) }
    let bias = (0..<x.rows).map { _ in T(random.int(-4...4)) }
    let db = try gradient(dy, x, channels: x.rows, isa)
    let right = zip(db, bias).reduce(into: T(0)) { $0 += $1.0 * $1.1 }
    var added = dy
    do {
      var out = added.mutableSpan
      let zeros = [T](repeating: 0, count: dy.count)
      try addBias(
        zeros.span, bias.span, into: &out, channels: x.rows, pixels: x.columns, channelsLast: x.choice == 1, isa: isa)
    }
    let left = zip(dy, added).reduce(into: T(0)) { $0 += $1.0 * $1.1 }
    guard left == right else { throw PropertyFailure("<dy, b> is \(left), <db, b> is \(right)") }
    return 0
  }

  @Sendable private static func channelAlone(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    let dy: [T] = x.values("dy", x.outer * x.rows * x.columns)
    let all = try gradient(dy, x, channels: x.rows, isa, threads: x.threads)
    for other in ISA.available where other != isa {
      try expectSame(gradient(dy, x, channels: x.rows, other), all, "on \(other) and \(isa)")
    }
    guard x.rows > 0 else { return 0 }
    let c = x.seed % x.rows
    let alone = (0..<x.outer * x.columns).map { index in
      let (n, p) = (index / x.columns, index % x.columns)
      return dy[x.choice == 1 ? index * x.rows + c : (n * x.rows + c) * x.columns + p]
    }
    try expectSame(gradient(alone, x, channels: 1, isa), [all[c]], "channel \(c) alone")
    return 0
  }

  @Sendable private static func conversion(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    let doubles: [Double] = x.values("double", x.count)
    let floats: [Float] = x.values("float", x.count)
    var narrow = floats
    do {
      var out = narrow.mutableSpan
      try convert(doubles.span, into: &out, isa: isa, threads: x.threads)
    }
    try expectSame(narrow, doubles.map { Float($0) }, "to Float")
    var wide = doubles
    do {
      var out = wide.mutableSpan
      try convert(floats.span, into: &out, isa: isa, threads: x.threads)
    }
    try expectSame(wide, floats.map { Double($0) }, "to Double")
    return 0
  }
}

extension SplitMix64 {
  /// Images with channels and pixels.
  mutating func image() -> ElementwiseCase {
    var x = elementwise()
    (x.outer, x.rows, x.columns) = (int(1...4), int(1...20), int(1...20))
    x.middle = 0
    if chance(10) { (x.outer, x.rows, x.columns) = (1, int(1...3), int(1...5000)) }
    if chance(10) { (x.outer, x.rows, x.columns) = (int(1...300), int(1...4), int(1...4)) }
    x.choice = int(0...1)
    return x
  }
}
