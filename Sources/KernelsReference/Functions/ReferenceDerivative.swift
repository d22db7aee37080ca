extension ReferenceActivation {
  /// How far dy f′ may lie from the exact value, in units in the last place of its scale.
  public static var derivativeBound: Double { 4 }

  /// f′ above all kinks of a function made of straight pieces, which is its derivative at NaN, too.
  private var lastSlope: T? {
    switch self {
    case .identity, .relu, .leakyReLU, .threshold: 1
    case .homogeneous(let positive, _): positive
    case .clamp, .hardSigmoid: 0
    default: nil
    }
  }

  /// f′ from the argument x, or from the result y for sigmoid, tanh and exp; at a kink that of the side towards −∞.
  ///
  /// The scale is the sum of the magnitudes of terms that may cancel.
  public func derivative(at v: T) -> ReferenceValue<T> {
    if v.isNaN { return ReferenceValue(lastSlope.map { T.Wide($0) } ?? .constant(.nan)) }
    let w = T.Wide(v)
    let one = T.Wide.constant(1)
    switch self {
    case .sigmoid: return ReferenceValue(w * (one - w))
    case .tanh: return ReferenceValue((one - w) * (one + w))
    case .exp: return ReferenceValue(w)
    case .gelu: return ReferenceValue(sum: T.Wide.normal(w), w * T.Wide.normalDensity(w))
    case .geluTanh: return geluTanhDerivative(w)
    case .silu: return siluDerivative(w)
    case .swish(let beta): return siluDerivative(w * T.Wide(beta))
    case .mish:
      if v < -1000 { return ReferenceValue(.constant(0)) }
      let gate = T.Wide.mishGate(w)
      return ReferenceValue(sum: gate, w * (one - gate) * (one + gate) * T.Wide.sigmoid(w))
    case .hardSwish:
      if v <= -3 || v > 3 { return ReferenceValue(.constant(v > 3 ? 1 : 0)) }
      return ReferenceValue(sum: w / .constant(3), .constant(0.5))
    default: return ReferenceValue(simpleDerivative(v, w))
    }
  }

  /// Those whose terms do not cancel.
  private func simpleDerivative(_ v: T, _ w: T.Wide) -> T.Wide {
    let one = T.Wide.constant(1)
    switch self {
    case .relu: return .constant(v > 0 ? 1 : 0)
    case .leakyReLU(let slope): return v > 0 ? one : T.Wide(slope)
    case .clamp(let low, let high): return .constant(v > low && v <= high ? 1 : 0)
    case .homogeneous(let positive, let negative): return T.Wide(v > 0 ? positive : negative)
    case .threshold(let at, _): return .constant(v > at ? 1 : 0)
    case .elu(let alpha): return v > 0 ? one : T.Wide(alpha) * T.Wide.exp(w)
    case .selu: return (v > 0 ? one : .seluAlpha * T.Wide.exp(w)) * .seluScale
    case .celu(let alpha): return v > 0 ? one : T.Wide.exp(w / T.Wide(alpha))
    case .softplus(let beta): return T.Wide.sigmoid(w * T.Wide(beta))
    case .softsign:
      let root = one / (one + T.Wide.magnitude(w))
      return root * root
    case .logSigmoid: return T.Wide.sigmoid(-w)
    case .hardSigmoid(let slope, let offset):
      return Self.isBetweenKinks(v, slope: slope, offset: offset) ? T.Wide(slope) : .constant(0)
    default: return one
    }
  }

  /// Whether slope·v + offset is above 0 and at most 1, or where it falls at least 0 and below 1, without rounding.
  private static func isBetweenKinks(_ v: T, slope: T, offset: T) -> Bool {
    // A slope of 1/6 with the offset ½ means one sixth.
    if slope == T(1) / 6, offset == 0.5 { return v > -3 && v <= 3 }
    let product = DoubleDouble(Double(slope)) * DoubleDouble(Double(v))
    let above = (product + DoubleDouble(Double(offset))).head
    let beyond = (product + (DoubleDouble(Double(offset)) - DoubleDouble(1))).head
    return slope > 0 ? above > 0 && beyond <= 0 : above >= 0 && beyond < 0
  }

  /// s(z) + z s(z) (1 − s(z))
  private func siluDerivative(_ z: T.Wide) -> ReferenceValue<T> {
    let (s, rest) = (T.Wide.sigmoid(z), T.Wide.sigmoid(-z))
    return ReferenceValue(sum: s, z * s * rest)
  }

  /// s(z) + x z′ s(z) (1 − s(z)), z = 2 √(2/π) (x + 0.044715 x³).
  private func geluTanhDerivative(_ x: T.Wide) -> ReferenceValue<T> {
    if x.approximation.magnitude > 1000 { return ReferenceValue(.constant(x.approximation > 0 ? 1 : 0)) }
    let z = T.Wide.tanhArgument(x)
    let cubic = x * x * T.Wide(0x1.12ba9d1f60179p-3, 0x1.f30e7ff583a54p-57)
    let slope = (T.Wide.constant(1) + cubic) * .doubledRoot
    let (s, rest) = (T.Wide.sigmoid(z), T.Wide.sigmoid(-z))
    return ReferenceValue(sum: s, x * slope * s * rest)
  }
}

extension ReferenceActivation {
  /// |x·z′|, e^z being the exponential that f is made of: how often the last bit of a subnormal e^z counts in f′.
  public func exponentWeight(at x: T) -> Double {
    let argument = Double(x)
    return switch self {
    case .swish(let beta), .softplus(let beta): (Double(beta) * argument).magnitude
    case .celu(let alpha): (argument / Double(alpha)).magnitude
    case .geluTanh: (T.Wide.doubledRoot.approximation * argument * (1 + 0.134145 * argument * argument)).magnitude
    default: argument.magnitude
    }
  }
}

extension ReferenceValue {
  /// a + b, measured on the scale |a| + |b|.
  init(sum a: T.Wide, _ b: T.Wide) {
    self.init(a + b, scale: a.approximation.magnitude + b.approximation.magnitude)
  }

  /// The product with `factor`.
  public func scaled(by factor: T) -> ReferenceValue {
    ReferenceValue(value * T.Wide(factor), scale: scale * Double(factor.magnitude))
  }
}
