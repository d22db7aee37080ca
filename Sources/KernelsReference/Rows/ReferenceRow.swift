/// One row, and what it reduces to by the definitions, in `T.Wide`.
public struct ReferenceRow<T: ReferenceScalar>: Sendable {
  public let elements: [T]

  /// The greatest element; elements that are not finite count for nothing.
  public let greatest: T

  public init(_ elements: [T]) {
    self.elements = elements
    greatest = elements.filter(\.isFinite).max() ?? 0
  }

  // MARK: Bounds

  /// How many roundings a term of a sum meets at most: ⌈min(n, 4096) / lanes⌉ in its lane, log₂ lanes between lanes, two
  /// at the end.
  public static func roundings(_ count: Int) -> Double {
    let lanes = 128 / MemoryLayout<T>.stride
    return Double((min(count, 4096) + lanes - 1) / lanes + lanes.trailingZeroBitCount + 2)
  }

  /// How far a logarithm of the softmax, or of the sum of exponentials, may lie from `value`:
  /// (`roundings` |value| + 2 log n + 6) u.
  public func logBound(of value: T.Wide, roundings: Double = 3) -> Double {
    let logarithm = T.Wide.log(T.Wide(T(max(elements.count, 1)))).approximation
    return (roundings * value.approximation.magnitude + 2 * logarithm + 6) * T.unitRoundoff
  }

  // MARK: Sums

  /// Σ f(x_j), and Σ |f(x_j)|, the scale of its rounding errors.
  public func sum(_ f: (_ index: Int, _ x: T) -> T.Wide) -> ReferenceValue<T> {
    var (sum, scale) = (T.Wide(0), 0.0)
    for (index, x) in elements.enumerated() {
      let term = f(index, x)
      sum = sum + term
      scale += term.approximation.magnitude
    }
    return ReferenceValue(sum, scale: scale)
  }

  /// A power of two that brings the greatest magnitude near 1, as far as there are such powers.
  public var scale: T {
    let magnitude = elements.filter(\.isFinite).map(\.magnitude).max() ?? 0
    let limit = T.greatestFiniteMagnitude.exponent - 1
    return magnitude == 0 ? 1 : T(sign: .plus, exponent: min(max(-magnitude.exponent, -limit), limit), significand: 1)
  }

  /// √Σ x_j² times `scale`: squares of scaled elements neither overflow nor underflow where they count.
  public var scaledNorm: T.Wide {
    let scale = scale
    return T.Wide.squareRoot(sum { _, x in T.Wide(x * scale) * (x * scale) }.value)
  }

  // MARK: Exponentials

  /// e^(x − greatest), 0 where that is below anything that could be told from it.
  private func exponential(_ x: T) -> T.Wide {
    let distance = Double(x) / 2 - Double(greatest) / 2
    return distance < -400 ? T.Wide(0) : T.Wide.exp(T.Wide(x) - T.Wide(greatest))
  }

  private var sumOfExponentials: T.Wide { sum { _, x in exponential(x) }.value }

  /// e^(x_j) / Σ e^(x_i), for elements that are finite or −∞ and not all −∞.
  public var softmax: [T.Wide] {
    let sum = sumOfExponentials
    return elements.map { exponential($0) / sum }
  }

  /// log Σ e^(x_j), likewise.
  public var logSumExp: T.Wide { T.Wide(greatest) + T.Wide.log(sumOfExponentials) }

  /// x_j − log Σ e^(x_i): in this order, so that nothing overflows on the way.
  public func logSoftmax(_ x: T) -> T.Wide { (T.Wide(x) - T.Wide(greatest)) - T.Wide.log(sumOfExponentials) }

  // MARK: Peaks

  /// The lowest place of the greatest or least element; the first NaN is either.
  public func place(least: Bool) -> Int {
    if let nan = elements.firstIndex(where: \.isNaN) { return nan }
    let peak = least ? elements.min() : elements.max()
    return elements.firstIndex { $0 == peak } ?? 0
  }
}
