// One parameter at a time, in its own type.  Each product that is added is fused with the sum, as the contract of the
// kernels says, so they give these bits: the error bound is 0.

/// SGD: p ← p − rate·v; see PyTorch's `torch.optim.SGD`.
public func referenceSGD<T: ReferenceScalar>(
  _ p: inout T, gradient: T, velocity v: inout T, rate: Double, momentum: Double, dampening: Double,
  weightDecay: Double, nesterov: Bool, step: Int
) {
  let g = weightDecay == 0 ? gradient : gradient.addingProduct(T(weightDecay), p)
  var along = g
  if momentum != 0 {
    v = step == 1 ? g : (T(1 - dampening) * g).addingProduct(T(momentum), v)
    along = nesterov ? g.addingProduct(T(momentum), v) : v
  }
  p.addProduct(T(-rate), along)
}

/// Adam, AdamW where `decoupled`, with the greatest square h where `amsgrad`; see PyTorch's `torch.optim.Adam`.
public func referenceAdam<T: ReferenceScalar>(
  _ p: inout T, gradient: T, mean m: inout T, square v: inout T, greatest h: inout T, rate: Double, beta1: Double,
  beta2: Double, epsilon: Double, weightDecay: Double, decoupled: Bool, amsgrad: Bool, step: Int
) {
  let g = weightDecay == 0 || decoupled ? gradient : gradient.addingProduct(T(weightDecay), p)
  m.addProduct(T(1 - beta1), g - m)
  v = (T(beta2) * v).addingProduct(T(1 - beta2) * g, g)
  if amsgrad { h = h > v ? h : v }
  let (correction1, correction2) = (1 - power(beta1, step), 1 - power(beta2, step))
  let divisor = T(epsilon).addingProduct((amsgrad ? h : v).squareRoot(), T(1 / correction2.squareRoot()))
  if decoupled { p *= T(1 - rate * weightDecay) }
  p.addProduct(T(-rate / correction1), m / divisor)
}

/// x·x·…·x, `count` times; grouped as repeated squaring groups it.
private func power(_ x: Double, _ count: Int) -> Double {
  var (result, square, rest) = (1.0, x, count)
  while rest > 0 {
    if rest % 2 == 1 { result *= square }
    square *= square
    rest /= 2
  }
  return result
}

/// Adagrad; see PyTorch's `torch.optim.Adagrad`.
public func referenceAdagrad<T: ReferenceScalar>(
  _ p: inout T, gradient: T, square s: inout T, rate: Double, rateDecay: Double, epsilon: Double, weightDecay: Double,
  step: Int
) {
  let g = weightDecay == 0 ? gradient : gradient.addingProduct(T(weightDecay), p)
  s.addProduct(g, g)
  p.addProduct(T(-rate / (1 + Double(step - 1) * rateDecay)), g / (s.squareRoot() + T(epsilon)))
}

/// RMSProp; see PyTorch's `torch.optim.RMSprop`.
public func referenceRMSProp<T: ReferenceScalar>(
  _ p: inout T, gradient: T, square s: inout T, mean a: inout T, velocity b: inout T, rate: Double, alpha: Double,
  epsilon: Double, weightDecay: Double, momentum: Double, centered: Bool
) {
  let g = weightDecay == 0 ? gradient : gradient.addingProduct(T(weightDecay), p)
  s = (T(alpha) * s).addingProduct(T(1 - alpha) * g, g)
  var variance = s
  if centered {
    a.addProduct(T(1 - alpha), g - a)
    variance = s.addingProduct(-a, a)
    if variance < 0 { variance = 0 }
  }
  var along = g / (variance.squareRoot() + T(epsilon))
  if momentum != 0 {
    b = along.addingProduct(T(momentum), b)
    along = b
  }
  p.addProduct(T(-rate), along)
}
