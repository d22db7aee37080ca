/// The elementary functions by their definitions, with the bounds that kernels must keep.
public enum ReferenceFunction: String, CaseIterable, Sendable {
  case exp, exp2, expm1, log, log2, log1p, tanh, sinh, cosh, erf, erfc, sigmoid, logSigmoid, softplus, rsqrt, sin, cos

  /// How far a result may lie from the exact value, in ULP; subnormal results may be one smallest number away.
  public func bound<T: ReferenceScalar>(_: T.Type) -> Double {
    guard T.self == Double.self else { return self == .erfc ? 1.5 : 1 }
    return switch self {
    case .exp, .exp2, .log, .tanh, .sigmoid: 1
    default: 2
    }
  }

  /// 1 where the function rises, -1 where it falls, 0 where it does neither.
  public var direction: Int {
    switch self {
    case .erfc, .rsqrt: -1
    case .cosh, .sin, .cos: 0
    default: 1
    }
  }

  /// 1: f(-x) = -f(x); 2: f(-x) = f(x); 0: neither.
  public var symmetry: Int {
    switch self {
    case .tanh, .sinh, .erf, .sin: 1
    case .cosh, .cos: 2
    default: 0
    }
  }

  /// The value for `x`.
  public func callAsFunction<T: ReferenceScalar>(_ x: T) -> ReferenceValue<T> {
    if x == 0 || x.isInfinite { return ReferenceValue(.constant(limit(Double(x)))) }
    if x.isNaN || !isDefined(Double(x)) { return ReferenceValue(.constant(.nan)) }
    return ReferenceValue(evaluate(T.Wide(x)))
  }

  private func isDefined(_ x: Double) -> Bool {
    switch self {
    case .log, .log2, .rsqrt: x > 0
    case .log1p: x >= -1
    default: true
    }
  }

  /// At ±0 and ±∞.
  private func limit(_ x: Double) -> Double {
    let (left, zero, right): (Double, Double, Double) =
      switch self {
      case .exp, .exp2: (0, 1, .infinity)
      case .expm1: (-1, x, .infinity)
      case .log, .log2: (.nan, -.infinity, .infinity)
      case .log1p: (.nan, x, .infinity)
      case .tanh, .erf: (-1, x, 1)
      case .sinh: (-.infinity, x, .infinity)
      case .cosh: (.infinity, 1, .infinity)
      case .erfc: (2, 1, 0)
      case .sigmoid: (0, 0.5, 1)
      case .logSigmoid: (-.infinity, -0x1.62e42fefa39efp-1, -0.0)
      case .softplus: (0, 0x1.62e42fefa39efp-1, .infinity)
      case .rsqrt: (.nan, x.sign == .minus ? -.infinity : .infinity, 0)
      case .sin: (.nan, x, .nan)
      case .cos: (.nan, 1, .nan)
      }
    return x == 0 ? zero : x < 0 ? left : right
  }

  private func evaluate<W: WideReal>(_ x: W) -> W {
    switch self {
    case .exp: W.exp(x)
    case .exp2: W.exp2(x)
    case .expm1: W.expm1(x)
    case .log: W.log(x)
    case .log2: W.log2(x)
    case .log1p: x.approximation == -1 ? .constant(-.infinity) : W.log1p(x)
    case .tanh: W.tanh(x)
    case .sinh: W.sinh(x)
    case .cosh: W.cosh(x)
    case .erf: W.erf(x)
    case .erfc: W.erfc(x)
    case .sigmoid: W.sigmoid(x)
    case .logSigmoid: -W.softplus(-x)
    case .softplus: W.softplus(x)
    case .rsqrt: .constant(1) / W.squareRoot(x)
    case .sin: W.sin(x)
    case .cos: W.cos(x)
    }
  }
}
