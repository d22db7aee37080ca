/// A ``WideNumber`` with division and the functions that all references are made of.
///
/// Each function's error is a few units of the wide type: at least 2²⁰ times less than a unit of `Narrow`.
public protocol WideReal: WideNumber {
  /// The sum of two doubles.
  init(_ head: Double, _ tail: Double)

  static func - (x: Self, y: Self) -> Self
  static func * (x: Self, y: Self) -> Self
  static func / (x: Self, y: Self) -> Self
  static prefix func - (x: Self) -> Self

  /// The nearest `Double`.
  var approximation: Double { get }

  /// The nearest number of the narrow type.
  var rounded: Narrow { get }

  static func exp(_ x: Self) -> Self
  static func exp2(_ x: Self) -> Self
  static func expm1(_ x: Self) -> Self
  static func log(_ x: Self) -> Self
  static func log2(_ x: Self) -> Self
  static func log1p(_ x: Self) -> Self
  static func erf(_ x: Self) -> Self
  static func erfc(_ x: Self) -> Self
  static func sin(_ x: Self) -> Self
  static func cos(_ x: Self) -> Self
  static func squareRoot(_ x: Self) -> Self
}

// MARK: What follows from them

extension WideReal {
  /// x with its sign, that of zero too.
  static func constant(_ x: Double) -> Self { Self(x, -0.0) }

  static func magnitude(_ x: Self) -> Self { x.approximation < 0 ? -x : x }

  /// 1 / (1 + e^−x), with neither end cancelling.
  static func sigmoid(_ x: Self) -> Self {
    let e = exp(-magnitude(x))
    return (x.approximation < 0 ? e : constant(1)) / (constant(1) + e)
  }

  /// log(1 + e^x)
  static func softplus(_ x: Self) -> Self {
    let rest = log1p(exp(-magnitude(x)))
    return x.approximation > 0 ? x + rest : rest
  }

  static func tanh(_ x: Self) -> Self {
    let a = magnitude(x)
    if a.approximation > 50 { return constant(x.approximation < 0 ? -1 : 1) }
    let e = expm1(a * constant(-2))
    return withSign(of: x, -e / (e + constant(2)))
  }

  static func sinh(_ x: Self) -> Self {
    let a = magnitude(x)
    if a.approximation > 50 { return withSign(of: x, halfExp(a)) }
    let e = expm1(a)
    return withSign(of: x, (e + e / (e + constant(1))) * constant(0.5))
  }

  static func cosh(_ x: Self) -> Self {
    let a = magnitude(x)
    if a.approximation > 50 { return halfExp(a) }
    let e = exp(a)
    return (e + constant(1) / e) * constant(0.5)
  }

  /// The normal distribution.
  static func normal(_ x: Self) -> Self {
    erfc(-x * Self(0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55)) * constant(0.5)
  }

  /// Its density.
  static func normalDensity(_ x: Self) -> Self {
    if x.approximation.magnitude > 100 { return constant(0) }
    return exp(x * x * constant(-0.5)) * densityAtZero
  }

  /// 1/√2π
  static var densityAtZero: Self { Self(0x1.9884533d43651p-2, -0x1.cbc0d30ebfd15p-56) }

  /// e^x / 2, where e^x may overflow.
  private static func halfExp(_ x: Self) -> Self { exp(x - Self(0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56)) }

  private static func withSign(of x: Self, _ magnitude: Self) -> Self { x.approximation < 0 ? -magnitude : magnitude }
}
