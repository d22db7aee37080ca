import Kernels
import KernelsReference

/// Parameters, their gradient and three states, which a step of a case changes.
struct OptimizerStates<T: PropertyScalar> {
  var g: [T]
  var p: [T]
  var s: [[T]]

  init(_ c: OptimizerCase) {
    var random = SplitMix64(seed: UInt64(c.seed))
    let signed = { (random: inout SplitMix64) in
      T(Int32(truncatingIfNeeded: random.next())) * T(sign: .plus, exponent: -30, significand: 1)
    }
    g = (0..<c.n).map { _ in signed(&random) }
    p = (0..<c.n).map { _ in signed(&random) }
    s = (0..<3).map { state in
      // States that hold squares are not negative; a velocity and a mean may be.
      let squares = [[], [1, 2], [0], [0]][c.rule].contains(state)
      return (0..<c.n).map { _ in squares ? signed(&random).magnitude : signed(&random) }
    }
  }

  static var rate: Double { 0.0625 }

  static func sgd(_ c: OptimizerCase) -> SGD {
    let momentum = c.momentum == 1 ? 0.9 : 0
    let nesterov = c.variant == 1 && momentum > 0
    return SGD(
      learningRate: rate, momentum: momentum, dampening: nesterov ? 0 : 0.25, weightDecay: c.decay == 1 ? 0.1 : 0,
      nesterov: nesterov)
  }

  static func adam(_ c: OptimizerCase) -> Adam {
    Adam(
      learningRate: rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-3, weightDecay: c.decay == 1 ? 0.1 : 0,
      decoupled: c.variant == 1, amsgrad: c.extra == 1)
  }

  static func adagrad(_ c: OptimizerCase) -> Adagrad {
    Adagrad(learningRate: rate, learningRateDecay: 0.01, epsilon: 1e-3, weightDecay: c.decay == 1 ? 0.1 : 0)
  }

  static func rmsProp(_ c: OptimizerCase) -> RMSProp {
    RMSProp(
      learningRate: rate, alpha: 0.99, epsilon: 1e-3, weightDecay: c.decay == 1 ? 0.1 : 0,
      momentum: c.momentum == 1 ? 0.9 : 0, centered: c.extra == 1)
  }

  /// The same step by the kernels.
  mutating func run(_ c: OptimizerCase, _ isa: ISA, threads: Int) throws(KernelError) {
    var (parameters, first, second, third) = (p, s[0], s[1], s[2])
    do {
      var out = parameters.mutableSpan
      var a = first.mutableSpan
      var b = second.mutableSpan
      var d = third.mutableSpan
      try Self.update(c, &out, g.span, &a, &b, &d, isa, threads)
    }
    (p, s) = (parameters, [first, second, third])
  }

  /// One call, on spans of any origin.
  static func update(
    _ c: OptimizerCase, _ p: inout MutableSpan<T>, _ g: Span<T>, _ first: inout MutableSpan<T>,
    _ second: inout MutableSpan<T>, _ third: inout MutableSpan<T>, _ isa: ISA, _ threads: Int
  ) throws(KernelError) {
    switch c.rule {
    case 0: try sgd(c).update(&p, gradient: g, velocity: &first, step: c.step, isa: isa, threads: threads)
    case 1:
      try adam(c).update(
        &p, gradient: g, mean: &first, square: &second, greatestSquare: &third, step: c.step, isa: isa,
        threads: threads)
    case 2: try adagrad(c).update(&p, gradient: g, square: &first, step: c.step, isa: isa, threads: threads)
    default:
      try rmsProp(c).update(
        &p, gradient: g, square: &first, mean: &second, velocity: &third, isa: isa, threads: threads)
    }
  }

  /// The same step on guarded memory: gradient, parameters and states.
  static func update(_ c: OptimizerCase, _ buffers: [GuardedBuffer<T>], _ isa: ISA) throws(KernelError) {
    // SAFETY: the buffers outlive the spans.
    defer { withExtendedLifetime(buffers) {} }
    let views = unsafe buffers.map { $0.elements }
    var p = unsafe views[1].mutableSpan
    var first = unsafe views[2].mutableSpan
    var second = unsafe views[3].mutableSpan
    var third = unsafe views[4].mutableSpan
    try update(c, &p, unsafe views[0].span, &first, &second, &third, isa, c.threads)
  }

  /// The same step by the reference.
  mutating func runReference(_ c: OptimizerCase) {
    let (sgd, adam, adagrad, rms) = (Self.sgd(c), Self.adam(c), Self.adagrad(c), Self.rmsProp(c))
    for i in p.indices {
      switch c.rule {
      case 0:
        referenceSGD(
          &p[i], gradient: g[i], velocity: &s[0][i], rate: Self.rate, momentum: sgd.momentum, dampening: sgd.dampening,
          weightDecay: sgd.weightDecay, nesterov: sgd.nesterov, step: c.step)
      case 1:
        var (m, v, h) = (s[0][i], s[1][i], s[2][i])
        referenceAdam(
          &p[i], gradient: g[i], mean: &m, square: &v, greatest: &h, rate: Self.rate, beta1: adam.beta1,
          beta2: adam.beta2, epsilon: adam.epsilon, weightDecay: adam.weightDecay, decoupled: adam.decoupled,
          amsgrad: adam.amsgrad, step: c.step)
        (s[0][i], s[1][i], s[2][i]) = (m, v, h)
      case 2:
        referenceAdagrad(
          &p[i], gradient: g[i], square: &s[0][i], rate: Self.rate, rateDecay: adagrad.learningRateDecay,
          epsilon: adagrad.epsilon, weightDecay: adagrad.weightDecay, step: c.step)
      default:
        var (square, a, b) = (s[0][i], s[1][i], s[2][i])
        referenceRMSProp(
          &p[i], gradient: g[i], square: &square, mean: &a, velocity: &b, rate: Self.rate, alpha: rms.alpha,
          epsilon: rms.epsilon, weightDecay: rms.weightDecay, momentum: rms.momentum, centered: rms.centered)
        (s[0][i], s[1][i], s[2][i]) = (square, a, b)
      }
    }
  }

  func expectSame(as other: OptimizerStates, _ what: String) throws {
    try RandomProperties<T>.expectSame(p, other.p, "\(what), parameters")
    for state in 0..<3 { try RandomProperties<T>.expectSame(s[state], other.s[state], "\(what), state \(state)") }
  }
}
