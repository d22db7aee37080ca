import Kernels
import KernelsReference

extension ElementwiseProperties {
  /// PReLU with a slope per channel, and the gradients of its slopes and of swish's parameter.
  static var parameters: [Claim] {
    [
      Claim(
        "prelu", "PReLU and both its gradients are those of their definitions, whichever layout", weight: 3,
        generate: { $0.image() }, check: prelu),
      Claim(
        "prelu-slopes", "<a, da> = <dy, prelu(x) - relu(x)>, exactly on small integers; a slope of all is a leaky ReLU",
        weight: 1, generate: { $0.image() }, check: preluTheorems),
      Claim(
        "prelu-alone", "a slope's gradient depends on its channel alone, on no thread and no instruction set",
        weight: 1,
        generate: { $0.image() }, check: slopeAlone),
      Claim(
        "swish-gradient", "the gradient of swish's parameter is within min(n + 8, 269 + log2 n) u of the terms' sizes",
        weight: 2, generate: { $0.elementwise(most: 60) }, check: swishGradientBound),
      Claim(
        "parameters-malformed", "operands of other counts are refused, and nothing is written", weight: 1,
        generate: {
          var x = $0.image()
          x.choice = $0.int(0...5)
          return x
        }, check: malformedParameters),
    ]
  }

  private static func channel(_ index: Int, _ x: ElementwiseCase) -> Int {
    x.choice == 1 ? index % x.rows : index / x.columns % x.rows
  }

  private static func gradients(
    _ x: ElementwiseCase, _ values: [T], _ slopes: [T], _ dy: [T], _ isa: ISA, threads: Int = 1
  ) throws -> (dx: [T], da: [T]) {
    var (dx, da) = (dy, slopes)
    var dxOut = dx.mutableSpan
    var daOut = da.mutableSpan
    try preluBackward(
      values.span, slopes.span, dy.span, into: &dxOut, slopeGradient: &daOut, pixels: x.columns,
      channelsLast: x.choice == 1, isa: isa, threads: threads)
    return (dx, da)
  }

  @Sendable private static func prelu(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    let count = x.outer * x.rows * x.columns
    let (values, dy, slopes): ([T], [T], [T]) = (x.values("x", count), x.values("dy", count), x.values("a", x.rows))
    var y = values
    do {
      var out = y.mutableSpan
      try Kernels.prelu(
        values.span, slopes.span, into: &out, pixels: x.columns, channelsLast: x.choice == 1, isa: isa,
        threads: x.threads)
    }
    let each = values.indices.map { slopes[channel($0, x)] }
    try expectSame(y, zip(values, each).map { ReferenceBinary.prelu($0, $1) }, "y")
    let (dx, da) = try gradients(x, values, slopes, dy, isa, threads: x.threads)
    try expectSame(
      dx, values.indices.map { ReferenceTernary.preluBackward(values[$0], dy[$0], each[$0]) }, "dx")
    let reference = ReferenceBiasGradient(
      zip(values, dy).map { $0 > 0 ? 0 : $0 * $1 }, batch: x.outer, channels: x.rows, pixels: x.columns,
      channelsLast: x.choice == 1)
    for c in da.indices where reference.bounds[c].isFinite {
      let error = reference.sums[c].distance(to: da[c])
      guard error <= reference.bounds[c] else {
        throw PropertyFailure("slope \(c): \(da[c]), not \(reference.sums[c]); allowed is \(reference.bounds[c])")
      }
    }
    return 0
  }

  @Sendable private static func preluTheorems(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed), id: "prelu", index: 0)
    let count = x.outer * x.rows * x.columns
    let (values, dy) = ((0..<count).map { _ in T(random.int(-4...4)) }, (0..<count).map { _ in T(random.int(-4...4)) })
    let slopes = (0..<x.rows).map { _ in T(random.int(-2...2)) }
    let da = try gradients(x, values, slopes, dy, isa).da
    let left = zip(slopes, da).reduce(into: T(0)) { $0 += $1.0 * $1.1 }
    let right = values.indices.reduce(into: T(0)) { $0 += dy[$1] * min(values[$1], 0) * slopes[channel($1, x)] }
    guard left == right else { throw PropertyFailure("<a, da> is \(left), not \(right)") }
    var (y, leaky) = (values, values)
    do {
      let one = [slopes[0]]
      var out = y.mutableSpan
      try Kernels.prelu(values.span, one.span, into: &out, channelsLast: x.choice == 1, isa: isa)
      var other = leaky.mutableSpan
      try activate(.leakyReLU(alpha: slopes[0]), values.span, into: &other, isa: isa)
    }
    try expectSame(y, leaky, "one slope for all")
    return 0
  }

  @Sendable private static func slopeAlone(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    let count = x.outer * x.rows * x.columns
    let (values, dy, slopes): ([T], [T], [T]) = (x.values("x", count), x.values("dy", count), x.values("a", x.rows))
    let all = try gradients(x, values, slopes, dy, isa, threads: x.threads).da
    for other in ISA.available where other != isa {
      try expectSame(gradients(x, values, slopes, dy, other).da, all, "on \(other) and \(isa)")
    }
    let c = x.seed % x.rows
    var one = x
    one.rows = 1
    let here = values.indices.filter { channel($0, x) == c }
    let alone = try gradients(one, here.map { values[$0] }, [slopes[c]], here.map { dy[$0] }, isa).da
    try expectSame(alone, [all[c]], "slope \(c) alone")
    return 0
  }

  @Sendable private static func swishGradientBound(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed), id: "swish", index: 0)
    let beta = T(random.int(-40...40)) / 16
    let values = (0..<x.count).map { _ in T(random.int(-3000...3000)) / 64 }
    let dy = (0..<x.count).map { _ in T(random.int(-1000...1000)) / 256 }
    let got = try swishGradient(beta: beta, values.span, dy.span, isa: isa, threads: x.threads)
    let reference = ReferenceSwishGradient(beta: beta, values, dy)
    let error = reference.sum.distance(to: got)
    guard error <= reference.bound else {
      throw PropertyFailure("\(got), not \(reference.sum); allowed is \(reference.bound)")
    }
    for other in ISA.available where other != isa {
      try expectSame([swishGradient(beta: beta, values.span, dy.span, isa: other)], [got], "on \(other) and \(isa)")
    }
    return reference.bound > 0 ? error / reference.bound : 0
  }

  @Sendable private static func malformedParameters(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    let count = x.outer * x.rows * x.columns
    let spoilt = { (which: Int, count: Int) in [T](repeating: 1, count: x.choice == which ? count + 1 : count) }
    let (values, slopes, dy) = (spoilt(0, count), [T](repeating: 1, count: x.rows), spoilt(1, count))
    var (dx, da) = (spoilt(2, count), spoilt(3, x.rows))
    let image = x.rows * x.columns
    let expected: KernelError? =
      switch x.choice {
      case 0:
        image > 1
          ? KernelError(
            .shapeMismatch, operand: "x count", expected: image, got: count + 1,
            reason: "\(count + 1) elements are no whole images of \(image)")
          : KernelError(.shapeMismatch, operand: "dy count", expected: count + 1, got: count)
      case 1: KernelError(.shapeMismatch, operand: "dy count", expected: count, got: count + 1)
      case 2: KernelError(.shapeMismatch, operand: "dx count", expected: count, got: count + 1)
      case 3: KernelError(.shapeMismatch, operand: "da count", expected: x.rows, got: x.rows + 1)
      case 4: KernelError(.badArgument, operand: "threads", expected: 1, got: 0)
      default: nil
      }
    var thrown: KernelError?
    do throws(KernelError) {
      var dxOut = dx.mutableSpan
      var daOut = da.mutableSpan
      try preluBackward(
        values.span, slopes.span, dy.span, into: &dxOut, slopeGradient: &daOut, pixels: x.columns, channelsLast: true,
        isa: isa, threads: x.choice == 4 ? 0 : 1)
    } catch { thrown = error }
    guard thrown == expected else {
      throw PropertyFailure("threw \(String(describing: thrown)), expected \(String(describing: expected))")
    }
    guard expected == nil || (dx + da).allSatisfy({ $0 == 1 }) else { throw PropertyFailure("a refused call wrote") }
    return 0
  }
}
