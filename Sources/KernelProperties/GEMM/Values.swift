extension SplitMix64 {
  /// A value as the case's `fill` says; sums of `depth` products of two such integers, times at most 2, are exact.
  mutating func value<T: PropertyScalar>(fill: Int, depth: Int) -> T {
    switch fill {
    case 0:
      // 8 r² depth < 2^24 = 1/u of Float, in the quarters that α and β count in.
      let r = max(1, min(8, Int((Double(1 << 20) / Double(max(depth, 1))).squareRoot())))
      return T(int(-r...r))
    case 1: return uniform()
    case 2: return T(sign: .plus, exponent: T.Exponent(int(-20...20)), significand: uniform())
    default: return chance(10) ? pick(T.specials) : anyBits()
    }
  }

  /// Uniform in -1 … 1.
  private mutating func uniform<T: PropertyScalar>() -> T {
    T(Double(Int64(bitPattern: next()) >> 10) * 0x1p-53)
  }

  /// Any finite or infinite value or NaN; exponents are uniform, so half of the products overflow or underflow.
  private mutating func anyBits<T: PropertyScalar>() -> T {
    let exponent = T.RawExponent(truncatingIfNeeded: next()) & T.infinity.exponentBitPattern
    let mask: T.RawSignificand = (1 << T.RawSignificand(T.significandBitCount)) - 1
    return T(
      sign: chance(50) ? .plus : .minus, exponentBitPattern: exponent,
      significandBitPattern: T.RawSignificand(truncatingIfNeeded: next()) & mask)
  }
}
