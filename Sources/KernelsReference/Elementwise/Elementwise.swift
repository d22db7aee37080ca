/// The operations of an element of each of two operands, by their definitions.
///
/// Error bound of a kernel: none; each operation rounds once, and so must the kernel.
public enum ReferenceBinary: String, Sendable, CaseIterable {
  case add, subtract, multiply, divide, minimum, maximum, less, lessOrEqual, greater, greaterOrEqual, equal, notEqual,
    prelu

  public func callAsFunction<T: ReferenceScalar>(_ a: T, _ b: T) -> T {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .minimum: a.isNaN || b.isNaN ? .nan : a < b || (a == b && a.sign == .minus) ? a : b
    case .maximum: a.isNaN || b.isNaN ? .nan : a > b || (a == b && a.sign == .plus) ? a : b
    case .less: a < b ? 1 : 0
    case .lessOrEqual: a <= b ? 1 : 0
    case .greater: a > b ? 1 : 0
    case .greaterOrEqual: a >= b ? 1 : 0
    case .equal: a == b ? 1 : 0
    case .notEqual: a != b ? 1 : 0
    case .prelu: a < 0 ? a * b : a
    }
  }
}

/// The operations of an element of each of three operands, by their definitions.
///
/// Error bound of a kernel: none, as for ``ReferenceBinary``.
public enum ReferenceTernary: String, Sendable, CaseIterable {
  case multiplyAdd, select, preluBackward

  public func callAsFunction<T: ReferenceScalar>(_ a: T, _ b: T, _ c: T) -> T {
    switch self {
    case .multiplyAdd: c.addingProduct(a, b)
    case .select: a != 0 ? b : c
    case .preluBackward: a <= 0 ? b * c : b
    }
  }
}

/// The elements of a dense operand of shape `shape` that NumPy's rule repeats until it has the shape `target`, row-major.
public func referenceBroadcast<T>(_ elements: [T], _ shape: [Int], to target: [Int]) -> [T] {
  let padded = Array(repeating: 1, count: target.count - shape.count) + shape
  return (0..<target.reduce(1, *)).map { flat in
    var (rest, source, step) = (flat, 0, 1)
    for axis in target.indices.reversed() {
      source += (padded[axis] == 1 ? 0 : rest % target[axis]) * step
      rest /= target[axis]
      step *= padded[axis]
    }
    return elements[source]
  }
}

/// The gradient of a bias: the sum of each channel over batch and pixels, in twice the precision.
///
/// dy is batch x channels x pixels, or batch x pixels x channels where `channelsLast`.  A kernel's result lies within
/// `bounds` of `sums`: min(n, 261 + log2 n) u sum |dy| for n = batch pixels, because each term goes through at most 255
/// additions in its lane, 5 that join the lanes and log2 n that join the chunks [Higham 2002, section 4.2].
public struct ReferenceBiasGradient<T: ReferenceScalar>: Sendable {
  public let sums: [T.Wide]
  public let bounds: [Double]

  public init(_ dy: [T], batch: Int, channels: Int, pixels: Int, channelsLast: Bool) {
    var sums = [T.Wide](repeating: T.Wide(0), count: channels)
    var magnitudes = [Double](repeating: 0, count: channels)
    for n in 0..<batch {
      for p in 0..<pixels {
        for c in 0..<channels {
          let x = dy[channelsLast ? (n * pixels + p) * channels + c : (n * channels + c) * pixels + p]
          sums[c] = sums[c] + T.Wide(x)
          magnitudes[c] += Double(x.magnitude)
        }
      }
    }
    let terms = Double(batch * pixels)
    var levels = 0.0
    while Double(sign: .plus, exponent: Int(levels), significand: 1) < terms { levels += 1 }
    self.sums = sums
    bounds = magnitudes.map { $0 * min(terms, 261 + levels) * T.unitRoundoff }
  }
}

/// The gradient of swish's parameter: Σ dy·x²·σ(βx)·σ(−βx), in twice the precision.
///
/// A kernel's result lies within `bound` of `sum`: as for a bias, each term a product of five with 8 roundings, or
/// a smallest number for each term that underflows, where it has `scale` to begin with.
public struct ReferenceSwishGradient<T: ReferenceScalar>: Sendable {
  public let sum: T.Wide
  public let bound: Double

  public init(beta: T, _ x: [T], _ dy: [T]) {
    var (sum, magnitude) = (T.Wide(0), 0.0)
    for (x, dy) in zip(x, dy) {
      let z = T.Wide(x) * beta
      let term = T.Wide(x) * T.Wide.sigmoid(z) * (T.Wide(x) * T.Wide.sigmoid(-z)) * dy
      sum = sum + term
      magnitude += term.approximation.magnitude + Double(T.leastNonzeroMagnitude) * Double((x * x * dy).magnitude)
    }
    var levels = 0.0
    while Double(sign: .plus, exponent: Int(levels), significand: 1) < Double(x.count) { levels += 1 }
    self.sum = sum
    bound = magnitude * min(Double(x.count + 8), 269 + levels) * T.unitRoundoff
  }
}
