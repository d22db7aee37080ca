/// Seeded random numbers: the same data in every run [Steele, Lea & Flood 2014].
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number in [-1, 1) that uses every bit of its type: products and sums of such numbers get rounded.
  mutating func nextSigned<T: BinaryFloatingPoint>() -> T {
    let bits = T.significandBitCount + 1
    return T(Int64(next() >> (64 - bits)) - (1 << (bits - 1)))
      * T(sign: .plus, exponent: T.Exponent(1 - bits), significand: 1)
  }
}
