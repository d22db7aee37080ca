/// Philox4x32-10 as the paper writes it: ten rounds on a counter of four words, under a key of two.
///
/// Source: J. Salmon, M. Moraes, R. Dror and D. Shaw, Parallel random numbers: as easy as 1, 2, 3, SC 2011, section 3.2.
public func referencePhilox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
  var (x, key) = (counter, key)
  for _ in 0..<10 {
    let first = x[0].multipliedFullWidth(by: 0xD251_1F53)
    let second = x[2].multipliedFullWidth(by: 0xCD9E_8D57)
    x = [second.high ^ x[1] ^ key[0], second.low, first.high ^ x[3] ^ key[1], first.low]
    key &+= [0x9E37_79B9, 0xBB67_AE85]
  }
  return x
}

/// One random sequence, element by element.
public struct ReferenceSequence: Sendable {
  let seed: UInt64
  let stream: UInt64

  public init(seed: UInt64, stream: UInt64) {
    self.seed = seed
    self.stream = stream
  }

  /// The four words of block `index`.
  public func block(_ index: UInt64) -> SIMD4<UInt32> {
    let low = { (x: UInt64) in UInt32(truncatingIfNeeded: x) }
    return referencePhilox(
      counter: [low(index), low(index >> 32), low(stream), low(stream >> 32)], key: [low(seed), low(seed >> 32)])
  }

  /// The integer that element `index` of type `T` is made of: one word, or two with the lower half first.
  func word<T: ReferenceScalar>(_ index: UInt64, _: T.Type) -> UInt64 {
    if T.significandBitCount == 23 { return UInt64(block(index / 4)[Int(index % 4)]) }
    let (words, place) = (block(index / 2), Int(index % 2) * 2)
    return UInt64(words[place + 1]) << 32 | UInt64(words[place])
  }

  /// u of element `index`: the upper 24 or 53 bits of its integer, as a fraction in 0 ..< 1.  Exact.
  public func unit<T: ReferenceScalar>(_ index: UInt64) -> T {
    let (width, digits) = (T.significandBitCount == 23 ? 32 : 64, T.significandBitCount + 1)
    return T(word(index, T.self) >> (width - digits)) * T(sign: .plus, exponent: T.Exponent(-digits), significand: 1)
  }

  /// v of element `index`: its integer and one half, as a fraction in 0 ... 1, rounded once.
  func positive<T: ReferenceScalar>(_ index: UInt64, _: T.Type) -> Double {
    let word = word(index, T.self)
    if T.significandBitCount == 23 { return Double(Float((Double(word) + 0.5) * 0x1p-32)) }
    let (high, low) = (Double(word >> 32), Double(word & 0xFFFF_FFFF))
    return high * 0x1p-32 + (low + 0.5) * 0x1p-64
  }
}
