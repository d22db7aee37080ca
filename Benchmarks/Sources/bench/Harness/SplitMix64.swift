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

  /// A number in [-1, 1), a multiple of 2⁻²³ so that it is exact in both element types.
  mutating func nextSigned<T: BinaryFloatingPoint>() -> T {
    T(Int64(next() >> 40) - (1 << 23)) * T(0x1p-23)
  }
}
