extension DoubleDouble {
  public static func sin(_ x: DoubleDouble) -> DoubleDouble {
    let (quadrant, rest) = reduced(x)
    return oscillation(quadrant, rest)
  }

  public static func cos(_ x: DoubleDouble) -> DoubleDouble {
    let (quadrant, rest) = reduced(x)
    return oscillation(quadrant + 1, rest)
  }

  /// The sine of quadrant · π/2 + r.
  private static func oscillation(_ quadrant: Int, _ r: DoubleDouble) -> DoubleDouble {
    let value = series(r, from: quadrant & 1)
    return quadrant & 2 == 0 ? value : -value
  }

  /// sin r (from 0) or cos r (from 1) for |r| <= π/4.
  private static func series(_ r: DoubleDouble, from first: Int) -> DoubleDouble {
    let square = -(r * r)
    var term = first == 0 ? r : DoubleDouble(1)
    var sum = term
    var n = first == 0 ? 1.0 : 0.0
    while term.head.magnitude > sum.head.magnitude * 0x1p-110 {
      term = term * square / DoubleDouble((n + 1) * (n + 2))
      sum = sum + term
      n += 2
    }
    return sum
  }

  /// x as a multiple of π/2 and a rest of at most π/4 [Payne and Hanek 1983].
  ///
  /// The significand of x times those bits of 2/π that matter: six words, of which the first two bits are the quadrant.
  /// Only a number that is one `Double` is reduced; a tail is added to the rest.
  private static func reduced(_ x: DoubleDouble) -> (quadrant: Int, rest: DoubleDouble) {
    if x.head.magnitude < 0.75 { return (0, x) }
    let exponent = Int(x.head.exponent) - 52
    let significand = UInt64(Double(sign: .plus, exponent: 52, significand: x.head.significand))
    var words = (0..<6).map { twoOverPi(from: exponent - 2 + 64 * $0) }
    var carry: UInt64 = 0
    for index in words.indices.reversed() {
      let (high, low) = words[index].multipliedFullWidth(by: significand)
      let (sum, overflow) = low.addingReportingOverflow(carry)
      (words[index], carry) = (sum, high + (overflow ? 1 : 0))
    }
    var quadrant = Int(words[0] >> 62)
    words = words.indices.map { words[$0] << 2 | ($0 < 5 ? words[$0 + 1] >> 62 : 0) }
    let isUpper = words[0] >> 63 == 1
    if isUpper { words = words.map { ~$0 } }
    let fraction = words.reversed().reduce(DoubleDouble(0)) { sum, word in
      let (high, low) = (Double(word >> 32), Double(word & 0xFFFF_FFFF))
      return ((sum + DoubleDouble(low)).scaled(by: -32) + DoubleDouble(high)).scaled(by: -32)
    }
    if isUpper { quadrant += 1 }
    let rest = (isUpper ? -fraction : fraction) * DoubleDouble(0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54)
    return x.head < 0 ? (-quadrant, -rest + DoubleDouble(x.tail)) : (quadrant, rest + DoubleDouble(x.tail))
  }

  /// 64 bits of the fraction of 2/π from bit `start` on, where bit 0 is worth ½; bits before that are 0.
  private static func twoOverPi(from start: Int) -> UInt64 {
    let (word, shift) = (start >> 6, UInt64(start & 63))
    let at = { (index: Int) in index < 0 ? 0 : twoOverPiWords[index] }
    return at(word) << shift | (shift == 0 ? 0 : at(word + 1) >> (64 - shift))
  }

  /// The first 1408 bits; the last that a `Double` needs is bit 1353.
  private static let twoOverPiWords: [UInt64] = [
    0xA2F9_836E_4E44_1529, 0xFC27_57D1_F534_DDC0, 0xDB62_9599_3C43_9041, 0xFE51_63AB_DEBB_C561,
    0xB724_6E3A_424D_D2E0, 0x0649_2EEA_09D1_921C, 0xFE1D_EB1C_B129_A73E, 0xE882_35F5_2EBB_4484,
    0xE99C_7026_B45F_7E41, 0x3991_D639_8353_39F4, 0x9C84_5F8B_BDF9_283B, 0x1FF8_97FF_DE05_980F,
    0xEF2F_118B_5A0A_6D1F, 0x6D36_7ECF_27CB_09B7, 0x4F46_3F66_9E5F_EA2D, 0x7527_BAC7_EBE5_F17B,
    0x3D07_39F7_8A52_92EA, 0x6BFB_5FB1_1F8D_5D08, 0x5603_3046_FC7B_6BAB, 0xF0CF_BC20_9AF4_361D,
    0xA9E3_9161_5EE6_1B08, 0x6599_855F_14A0_6840,
  ]
}
