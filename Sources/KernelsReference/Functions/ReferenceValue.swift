/// What a function's result must be, and the scale on which its error is measured.
public struct ReferenceValue<T: ReferenceScalar>: Sendable {
  /// The exact value, but for the error of `T.Wide`.
  public let value: T.Wide

  /// |value|, or the sum of the magnitudes of terms that may cancel.
  public let scale: Double

  public init(_ value: T.Wide) {
    self.init(value, scale: value.approximation.magnitude)
  }

  public init(_ value: T.Wide, scale: Double) {
    self.value = value
    self.scale = scale
  }

  /// The distance of `got` from the value in units in the last place of the scale, at least those of the smallest normal
  /// number.
  ///
  /// Infinite where one is NaN and the other is not, where a zero has the wrong sign, and where one is infinite and the
  /// other far from overflow.
  public func error(of got: T) -> Double {
    let exact = value.approximation
    if exact.isNaN || got.isNaN { return exact.isNaN && got.isNaN ? 0 : .infinity }
    let rounded = T(exact)
    if rounded.isInfinite || got.isInfinite {
      // Both are the end of the range: a unit further there is no number to miss.
      let isClose = max(rounded.magnitude, got.magnitude) == min(rounded.magnitude, got.magnitude).nextUp
      return rounded == got ? 0 : isClose ? 1 : .infinity
    }
    let isNegative = exact.sign == .minus
    if got == 0 || exact == 0, scale == exact.magnitude, (got.sign == .minus) != isNegative { return .infinity }
    return value.distance(to: got) / unit
  }

  /// The unit in the last place of the scale.
  private var unit: Double {
    let nearest = T(scale)
    if !nearest.isFinite { return Double(T.greatestFiniteMagnitude.ulp) }
    // Rounding up to a power of two must not double the unit.
    return Double(Double(nearest) > scale ? nearest.nextDown.ulp : nearest.ulp)
  }
}
