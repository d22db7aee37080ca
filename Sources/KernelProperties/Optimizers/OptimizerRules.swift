import Kernels
import KernelsReference

/// The properties of optimisers over one element type.
enum OptimizerProperties<T: PropertyScalar> {
  typealias Claim = Property<OptimizerCase>
  typealias States = OptimizerStates<T>

  static var all: [Claim] {
    [
      Claim(
        "formula", "a step has the bits of its formula", weight: 4,
        generate: { $0.optimizerCase() },
        check: { c, isa in
          var (got, expected) = (States(c), States(c))
          try got.run(c, isa, threads: c.threads)
          expected.runReference(c)
          try got.expectSame(as: expected, "the formula")
          return 0
        }),
      Claim(
        "threads", "1 to 8 threads give the same bits",
        generate: {
          var x = $0.optimizerCase()
          x.threads = $0.int(2...8)
          if $0.chance(3) { x.n = 33_000 + $0.int(0...70) }
          return x
        },
        check: { c, isa in
          var (got, expected) = (States(c), States(c))
          try got.run(c, isa, threads: c.threads)
          try expected.run(c, isa, threads: 1)
          try got.expectSame(as: expected, "\(c.threads) threads")
          return 0
        }),
      Claim(
        "guard-pages", "no step reads or writes a byte outside its buffers, at any alignment", weight: 2,
        generate: { $0.optimizerCase(limit: 1100) }, check: guardPages),
      Claim(
        "momentum-forms", "velocity, heavy ball and weighted sum of gradients are one method",
        generate: {
          var x = $0.optimizerCase()
          x.step = $0.int(1...8)
          return x
        }, check: momentumForms),
      Claim(
        "clip-by-norm", "clipped gradients keep their direction and have the norm asked for",
        generate: {
          var x = $0.optimizerCase(limit: 9000)
          x.place = $0.int(0...40)
          return x
        }, check: clipByNorm),
      Claim(
        "clip-by-value", "clipped elements lie between the limits, the others stay",
        generate: { $0.optimizerCase() },
        check: { c, isa in
          let states = States(c)
          var g = states.g + [.nan, .infinity]
          var out = g.mutableSpan
          try Kernels.clipByValue(&out, to: T(0.5), isa: isa, threads: c.threads)
          let expected = (states.g + [.nan, .infinity]).map { $0 > 0.5 ? 0.5 : $0 < -0.5 ? -0.5 : $0 }
          try RandomProperties<T>.expectSame(g, expected, "clipped")
          return 0
        }),
      Claim(
        "malformed", "a malformed call throws an error that names the argument, and changes nothing",
        generate: {
          var x = $0.optimizerCase()
          (x.n, x.place) = (4, $0.int(0...13))
          return x
        }, check: malformed),
    ]
  }

  @Sendable private static func guardPages(_ c: OptimizerCase, _ isa: ISA) throws -> Double {
    var expected = States(c)
    let side: GuardedBuffer<T>.Side = c.flushLeft == 1 ? .left : .right
    let values = [expected.g, expected.p] + expected.s
    let buffers = values.indices.map { GuardedBuffer<T>(count: c.n, side: side, shift: (c.shift + $0) % 8) }
    defer { withExtendedLifetime(buffers) {} }  // their elements outlive the last mention of them
    for (buffer, values) in zip(buffers, values) {
      for (index, value) in values.enumerated() { buffer.elements[index] = value }
    }
    try States.update(c, buffers, isa)
    guard buffers.allSatisfy(\.surroundingsAreIntact) else { throw PropertyFailure("bytes around a buffer changed") }
    try expected.run(c, isa, threads: 1)
    var got = expected
    got.p = unsafe Array(buffers[1].elements)
    got.s = buffers[2...].map { unsafe Array($0.elements) }
    try got.expectSame(as: expected, "at this alignment")
    try RandomProperties<T>.expectSame(unsafe Array(buffers[0].elements), expected.g, "the gradient")
    return 0
  }

  /// θ′ = θ − αv′ with v′ = g + βv; θ′ = θ − αg + β(θ − θ₋); θ′ = θ − α Σ βᵏ⁻ˢ gₛ: exact on small dyadic numbers.
  @Sendable private static func momentumForms(_ c: OptimizerCase, _ isa: ISA) throws -> Double {
    guard 1...8 ~= c.step else { return 0 }
    var random = SplitMix64(seed: UInt64(c.seed))
    let (alpha, beta) = (T(0.25), T(0.5))
    let method = SGD(learningRate: 0.25, momentum: 0.5)
    let start = (0..<c.n).map { _ in T(random.int(-8...8)) }
    var (p, velocity) = (start, [T](repeating: .nan, count: c.n))
    var (ball, before) = (start, start)
    var gradients: [[T]] = []
    for step in 1...c.step {
      let g = (0..<c.n).map { _ in T(random.int(-8...8)) }
      gradients.append(g)
      var out = p.mutableSpan
      var v = velocity.mutableSpan
      try method.update(&out, gradient: g.span, velocity: &v, step: step, isa: isa, threads: c.threads)
      let next = ball.indices.map { ball[$0] - alpha * g[$0] + beta * (ball[$0] - before[$0]) }
      (before, ball) = (ball, next)
      let sum = start.indices.map { i in
        // θₖ₊₁ = θ₀ − α Σₖ Σ_s βᵏ⁻ˢ gₛ
        var (theta, weighted) = (start[i], T(0))
        for g in gradients {
          weighted = beta * weighted + g[i]
          theta -= alpha * weighted
        }
        return theta
      }
      try RandomProperties<T>.expectSame(p, ball, "step \(step), the heavy ball")
      try RandomProperties<T>.expectSame(p, sum, "step \(step), the weighted sum")
    }
    return 0
  }

  @Sendable private static func clipByNorm(_ c: OptimizerCase, _ isa: ISA) throws -> Double {
    let states = States(c)
    var (first, second) = (states.g, states.p)
    var norm = GradientNorm()
    try norm.add(first.span, isa: isa, threads: c.threads)
    try norm.add(second.span, isa: isa, threads: c.threads)
    let exact = (first + second).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    // Of the sum (ck_optimizer.h), and of the reference's own sum in Double; the root halves both.
    let lanes = 128 / MemoryLayout<T>.stride
    let depth = Double(4096 / lanes + lanes.trailingZeroBitCount + 2)
    let allowed = (depth * T.unitRoundoff + Double(2 * c.n + 70) * Double.unitRoundoff) * exact
    guard (norm.value - exact).magnitude <= allowed else { throw PropertyFailure("norm \(norm.value), not \(exact)") }
    let limit = Double(c.place) / 8
    let factor = min(1, limit / (norm.value + 1e-6))
    guard norm.factor(for: limit) == factor else { throw PropertyFailure("the factor is \(norm.factor(for: limit))") }
    do {
      var a = first.mutableSpan
      var b = second.mutableSpan
      try norm.clip(&a, to: limit, isa: isa, threads: c.threads)
      try norm.clip(&b, to: limit, isa: isa)
    }
    let expected = (states.g + states.p).map { T(factor) * $0 }
    try RandomProperties<T>.expectSame(first + second, expected, "clipped")
    return exact > 0 ? (norm.value - exact).magnitude / allowed : 0
  }

  @Sendable private static func malformed(_ c: OptimizerCase, _ isa: ISA) throws -> Double {
    guard c.n == 4 else { return 0 }
    let states = States(c)
    var (p, a, b, d) = (states.p, states.s[0], states.s[1], states.s[2])
    let expected = [
      "learning_rate", "nesterov", "step", "velocity", "beta1", "greatest_square", "epsilon", "learning_rate_decay",
      "alpha", "mean", "gradient count", "square count", "velocity count", "mean count",
    ]
    do throws(KernelError) {
      var x = p.mutableSpan
      var m = a.mutableSpan
      var v = b.mutableSpan
      var h = d.mutableSpan
      let g = states.g.span
      switch c.place {
      case 0: try SGD(learningRate: -1).update(&x, gradient: g, isa: isa)
      case 1: try SGD(learningRate: 1, nesterov: true).update(&x, gradient: g, isa: isa)
      case 2: try SGD(learningRate: 1, momentum: 0.5).update(&x, gradient: g, velocity: &m, step: 0, isa: isa)
      case 3: try SGD(learningRate: 1, momentum: 0.5).update(&x, gradient: g, isa: isa)
      case 4: try Adam(beta1: 1).update(&x, gradient: g, mean: &m, square: &v, step: 1, isa: isa)
      case 5: try Adam(amsgrad: true).update(&x, gradient: g, mean: &m, square: &v, step: 1, isa: isa)
      case 6: try Adagrad(epsilon: .nan).update(&x, gradient: g, square: &m, step: 1, isa: isa)
      case 7: try Adagrad(learningRateDecay: -1).update(&x, gradient: g, square: &m, step: 1, isa: isa)
      case 8: try RMSProp(alpha: 2).update(&x, gradient: g, square: &m, mean: &v, velocity: &h, isa: isa)
      case 9: try RMSProp(centered: true).update(&x, gradient: g, square: &m, isa: isa)
      case 10: try SGD(learningRate: 1).update(&x, gradient: [T(1)].span, isa: isa)
      default:
        var short: [T] = [1]
        var state = short.mutableSpan
        switch c.place {
        case 11: try Adagrad().update(&x, gradient: g, square: &state, step: 1, isa: isa)
        case 12: try RMSProp().update(&x, gradient: g, square: &m, mean: &v, velocity: &state, isa: isa)
        default: try Adam().update(&x, gradient: g, mean: &state, square: &v, step: 1, isa: isa)
        }
      }
    } catch {
      let operand = expected[min(max(c.place, 0), 13)]
      guard error.operand == operand else { throw PropertyFailure("\(error) does not name \(operand)") }
      try RandomProperties<T>.expectSame(p + a + b + d, states.p + states.s.flatMap { $0 }, "a refused call")
      return 0
    }
    throw PropertyFailure("nothing was thrown")
  }
}

extension Suite {
  /// Optimisers and gradient clipping.
  public static let optimizers = Suite("optimizers", runners(Float.self) + runners(Double.self))

  private static func runners<T: PropertyScalar>(_: T.Type) -> [PropertyRunner] {
    OptimizerProperties<T>.all.map { PropertyRunner("optimizers/\(T.typeName)", $0) }
  }
}
