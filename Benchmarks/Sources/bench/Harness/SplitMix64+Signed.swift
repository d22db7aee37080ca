import KernelProperties

extension SplitMix64 {
  /// A number in [-1, 1) that uses every bit of its type: products and sums of such numbers get rounded.
  mutating func nextSigned<T: BinaryFloatingPoint>() -> T {
    let bits = T.significandBitCount + 1
    return T(Int64(next() >> (64 - bits)) - (1 << (bits - 1)))
      * T(sign: .plus, exponent: T.Exponent(1 - bits), significand: 1)
  }

  /// A number between the ends of `range`, drawn as above.
  mutating func next<T: BinaryFloatingPoint>(in range: ClosedRange<Double>) -> T {
    let signed: T = nextSigned()
    return T(range.lowerBound + (range.upperBound - range.lowerBound) * (Double(signed) + 1) / 2)
  }
}
