/// A seeded generator: the same seed gives the same numbers on every machine [Steele, Lea and Flood, OOPSLA 2014].
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SplitMix64.mix(state)
  }

  /// A bijection whose output bits each depend on all input bits.
  static func mix(_ x: UInt64) -> UInt64 {
    var z = x
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The generator of case `index` of what `id` names: cases are independent of each other and of their order.
  init(seed: UInt64, id: String, index: Int) {
    let hash = id.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }  // FNV-1a
    self.init(seed: SplitMix64.mix(seed ^ hash) &+ UInt64(index) &* 0xD134_2543_DE82_EF95)
  }
}

// MARK: Draws

extension SplitMix64 {
  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func pick<T>(_ values: [T]) -> T { values[int(0...values.count - 1)] }

  /// True in `percent` of 100 draws.
  mutating func chance(_ percent: Int) -> Bool { int(0...99) < percent }

  /// An integer in `1 ... limit` whose number of binary digits is uniform.
  mutating func logUniform(_ limit: Int) -> Int {
    let bits = Int.bitWidth - limit.leadingZeroBitCount
    let digits = int(0...bits - 1)
    return min(limit, (1 << digits) + int(0...(1 << digits) - 1))
  }

  /// A size in `1 ... limit` that favours edges: 1, multiples of register tiles, vectors and cache blocks with their
  /// neighbours, and primes.
  mutating func size(_ limit: Int) -> Int {
    let size =
      switch int(0...9) {
      case 0: 1
      case 1...4: pick(SplitMix64.blocks) * pick([1, 1, 1, 2, 3]) + pick([-1, 0, 1])
      case 5, 6: pick(SplitMix64.primes)
      default: logUniform(limit)
      }
    return size <= limit ? size : logUniform(limit)
  }

  /// Vector lengths, tile heights and widths, and cache blocks that kernels use.
  private static let blocks = [
    2, 4, 6, 8, 12, 14, 16, 24, 32, 48, 64, 72, 96, 128, 144, 192, 240, 256, 320, 384, 512, 576,
  ]
  private static let primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 53, 61, 73, 97, 101, 127, 131, 257, 521]
}
