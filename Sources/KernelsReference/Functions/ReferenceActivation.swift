/// The activations by their definitions, with the bounds that kernels must keep.
public enum ReferenceActivation<T: ReferenceScalar>: Sendable, Equatable {
  case identity
  case relu
  case leakyReLU(slope: T)
  case clamp(low: T, high: T)
  case homogeneous(positive: T, negative: T)
  case threshold(at: T, value: T)
  case elu(alpha: T)
  case selu
  case celu(alpha: T)
  case gelu
  case geluTanh
  case silu
  case swish(beta: T)
  case mish
  case softplus(beta: T)
  case softsign
  case sigmoid
  case logSigmoid
  case tanh
  case hardSigmoid(slope: T, offset: T)
  case hardSwish
  case exp

  /// The function's value, rounded once.  NaN stays NaN, and -0 stays -0.
  public func callAsFunction(_ x: T) -> T {
    switch self {
    case .identity: x
    case .relu: 0 > x ? 0 : x
    case .leakyReLU(let slope): x < 0 ? slope * x : x
    case .clamp(let low, let high): x < low ? low : x > high ? high : x
    case .homogeneous(let positive, let negative): (x < 0 ? negative : positive) * x
    case .threshold(let at, let value): x <= at ? value : x
    default: value(x).value.rounded
    }
  }

  /// The exact value for `x`, and the scale of its error.
  public func value(_ x: T) -> ReferenceValue<T> {
    if x.isNaN { return ReferenceValue(.constant(.nan)) }
    if x.isInfinite { return ReferenceValue(.constant(limit(x > 0))) }
    let w = T.Wide(x)
    switch self {
    case .identity, .relu, .leakyReLU, .clamp, .homogeneous, .threshold: return ReferenceValue(T.Wide(self(x)))
    case .hardSigmoid(let slope, let offset):
      // A slope of 1/6 with the offset ½ means one sixth.
      let sixth = T.Wide.constant(1) / .constant(6)
      let y = (slope == T(1) / 6 && offset == 0.5 ? sixth : T.Wide(slope)) * w + T.Wide(offset)
      return ReferenceValue(y.approximation < 0 ? .constant(0) : y.approximation > 1 ? .constant(1) : y)
    case .hardSwish:
      if x <= -3 { return ReferenceValue(.constant(-0.0)) }
      return ReferenceValue(x >= 3 ? w : w * (w + .constant(3)) / .constant(6))
    default: return ReferenceValue(smooth(w))
    }
  }

  /// How far a result may lie from the exact value, in units in the last place of its scale.
  public func bound(at x: T) -> Double {
    let isDouble = T.self == Double.self
    switch self {
    case .identity, .relu, .clamp, .threshold: return 0
    case .leakyReLU, .homogeneous: return 0.5
    case .hardSigmoid: return 1.5
    case .hardSwish: return 2.5
    case .selu: return 2
    case .celu: return 2.5
    case .gelu, .geluTanh: return 2
    case .sigmoid, .tanh, .exp: return 1
    case .logSigmoid: return isDouble ? 2 : 1
    case .softplus(let beta):
      // The quotient rounds once more, but by a power of two.
      return isDouble || beta.significand != 1 ? 2 : 1
    case .elu, .silu, .swish, .mish, .softsign: return isDouble ? 2 : 1.5
    }
  }

  /// At ±∞: the limit of the function.
  private func limit(_ positive: Bool) -> Double {
    let infinity = positive ? Double.infinity : -.infinity
    switch self {
    case .identity: return infinity
    case .relu: return positive ? infinity : 0
    case .leakyReLU(let slope): return positive ? infinity : Double(slope) * infinity
    case .clamp(let low, let high): return Double(positive ? high : low)
    case .homogeneous(let a, let b): return Double(positive ? a : b) * infinity
    case .threshold(_, let value): return positive ? infinity : Double(value)
    case .elu(let alpha), .celu(let alpha): return positive ? infinity : -Double(alpha)
    case .selu: return positive ? infinity : -0x1.c212cc640f031p+0
    case .gelu, .geluTanh, .silu, .mish, .hardSwish: return positive ? infinity : -0.0
    case .swish(let beta):
      // 0 times infinity
      if beta == 0 { return .nan }
      return positive == (beta > 0) ? infinity : positive ? 0 : -0.0
    case .softplus(let beta): return positive == (beta > 0) ? infinity : positive ? -0.0 : 0
    case .softsign, .tanh: return positive ? 1 : -1
    case .sigmoid: return positive ? 1 : 0
    case .hardSigmoid(let slope, _): return positive == (slope > 0) ? 1 : 0
    case .logSigmoid: return positive ? -0.0 : infinity
    case .exp: return positive ? infinity : 0
    }
  }

  private func smooth<W: WideReal>(_ x: W) -> W where W.Narrow == T {
    let isNegative = x.approximation <= 0
    switch self {
    case .elu(let alpha): return isNegative ? W(alpha) * W.expm1(x) : x
    case .selu: return (isNegative ? .seluAlpha * W.expm1(x) : x) * .seluScale
    case .celu(let alpha):
      // A quotient of pairs wants to be far from both ends of the range.
      let z = x.approximation / Double(alpha)
      if z > -0x1p-110 { return x }
      return z < -100 ? -W(alpha) : W(alpha) * W.expm1(x / W(alpha))
    case .gelu: return W.gelu(x)
    case .geluTanh:
      if x.approximation.magnitude > 1000 { return isNegative ? .constant(-0.0) : x }
      return W.gated(x, by: W.tanhArgument(x))
    case .silu: return W.gated(x, by: x)
    case .swish(let beta): return W.gated(x, by: x * W(beta))
    case .mish: return x.approximation < -600 ? W.gated(x, by: x) : x * W.mishGate(x)
    case .softplus(let beta): return W.softplus(x, beta: W(beta))
    case .softsign: return x / (.constant(1) + W.magnitude(x))
    case .sigmoid: return W.sigmoid(x)
    case .logSigmoid: return -W.softplus(-x)
    case .tanh: return x.approximation == 0 ? x : W.tanh(x)
    default: return W.exp(x)
    }
  }
}

extension WideReal {
  static var seluScale: Self { Self(0x1.0cfabd6a91132p+0, 0x1.6fc7d272f2695p-55) }
  static var seluAlpha: Self { Self(0x1.ac5afad782cf1p+0, 0x1.eb7a46c21f1dfp-54) }

  /// x sigmoid(z), which is x e^z in the tail.
  static func gated(_ x: Self, by z: Self) -> Self { z.approximation >= -600 ? x * sigmoid(z) : scaledExp(x, z) }

  /// x Φ(x); in the tail, where Φ underflows before x scales it, −x e^(−x²/2)/√2π · 1/(x + 1/(x + 2/(x + …)))
  /// [Abramowitz and Stegun 1964, 26.2.14].
  static func gelu(_ x: Self) -> Self {
    if x.approximation > -30 { return x * normal(x) }
    if x.approximation < -50 { return constant(-0.0) }
    let fraction = (1...40).reversed().reduce(x) { x + constant(Double($1)) / $0 }
    return scaledExp(-x / fraction * densityAtZero, x * x * constant(-0.5))
  }

  /// log(1 + e^βx) / β, where βx may overflow, and e^βx underflow before β scales it.
  static func softplus(_ x: Self, beta: Self) -> Self {
    let z = x * beta
    if z.approximation > 0 { return x + log1p(exp(-z)) / beta }
    return z.approximation >= -600 ? log1p(exp(z)) / beta : scaledExp(constant(1) / beta, z)
  }

  /// x e^z, where e^z alone may underflow.
  private static func scaledExp(_ x: Self, _ z: Self) -> Self {
    let root = exp(z * constant(0.25))
    return x * root * root * root * root
  }

  /// 2 √(2/π) (x + 0.044715 x³): (1 + tanh z)/2 is sigmoid(2z).
  static func tanhArgument(_ x: Self) -> Self {
    x * (constant(1) + x * x * Self(0x1.6e4e26d4801f7p-5, 0x1.441355475a31ap-59)) * doubledRoot
  }

  static var doubledRoot: Self { Self(0x1.9884533d43651p+0, -0x1.cbc0d30ebfd15p-54) }

  /// tanh(log(1 + e^x)) = n / (n + 2), n = e^x (e^x + 2), with e^−x where e^x may overflow.
  static func mishGate(_ x: Self) -> Self {
    let t = exp(-magnitude(x))
    if x.approximation > 0 {
      let n = constant(1) + t * constant(2)
      return n / (n + t * t * constant(2))
    }
    let n = t * (t + constant(2))
    return n / (n + constant(2))
  }
}
