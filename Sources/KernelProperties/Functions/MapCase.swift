import Kernels

/// One call of a function over buffers: which one, how many elements, which values, where they lie.
struct MapCase: PropertyCase {
  /// Its number in the list.
  var subject = 0
  var count = 1

  /// Where the arguments come from; see `SplitMix64.argument`.
  var spread = 0
  var seed = 0
  var threads = 1

  /// 1: the buffers begin at a forbidden page instead of ending there.
  var flushLeft = 0

  /// Elements between that page and the buffer, or of a larger buffer before the first.
  var shift = 0

  /// A choice, for properties that need one.
  var choice = 0

  static let fields: [CaseField<MapCase>] = [
    CaseField("threads", \.threads, .threads), CaseField("count", \.count, .size),
    CaseField("spread", \.spread, .choice(0...mixedSpread)), CaseField("left", \.flushLeft, .flag),
    CaseField("shift", \.shift, .distance), CaseField("choice", \.choice, .within(-1024...1024)),
    CaseField("subject", \.subject, .natural), CaseField("seed", \.seed, .natural),
  ]

  /// The arguments that the case describes.
  func arguments<T: PropertyScalar>(limit: T = .infinity) -> [T] {
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: seed), id: "x", index: 0)
    return (0..<max(count, 0)).map { _ in
      let x: T = random.argument(spread)
      return x.isFinite && x.magnitude > limit ? limit : x
    }
  }

  /// One of `subjects`: any number means one of them.
  func of<T>(_ subjects: [MapSubject<T>]) -> MapSubject<T> {
    subjects[min(max(subject, 0), subjects.count - 1)]
  }
}

extension SplitMix64 {
  /// A call of one of `subjects` functions on up to `most` elements.
  mutating func map(subjects: Int, most: Int = 40) -> MapCase {
    var x = MapCase()
    x.subject = int(0...subjects - 1)
    x.count = chance(5) ? 0 : int(1...most)
    x.spread = int(0...mixedSpread)
    x.seed = int(0...1 << 30)
    x.flushLeft = int(0...1)
    x.shift = x.flushLeft == 1 && chance(50) ? int(1...15) : 0
    return x
  }

  /// An argument of a function of one element.
  ///
  /// - Parameter spread: 0: near the origin; 1: where exponentials stay finite; 2: small magnitudes; 3: near 1; 4: where
  ///   functions change their ways, a few units to either side; 5: special values; 6: any bits; 7: any of these.
  mutating func argument<T: PropertyScalar>(_ spread: Int) -> T {
    switch spread {
    case 0: return 8 * signed()
    case 1: return (T.self == Float.self ? 110 : 760) * signed()
    case 2: return T(sign: .plus, exponent: T.Exponent(-int(0...60)), significand: signed())
    case 3: return 1 + T(sign: .plus, exponent: T.Exponent(-int(0...20)), significand: signed())
    case 4:
      let edge = T(pick(T.self == Float.self ? edges + floatEdges : edges + doubleEdges))
      return (chance(50) ? edge : -edge) + T(int(-4...4)) * edge.ulp
    case 5: return pick(T.specials + [0, 1, -1, -T.leastNonzeroMagnitude, T.leastNormalMagnitude, -T.infinity])
    case 6: return bits()
    default: return argument(int(0...mixedSpread - 1))
    }
  }

  /// Uniform in -1 … 1.
  private mutating func signed<T: PropertyScalar>() -> T {
    T(Double(Int64(bitPattern: next()) >> 10) * 0x1p-53)
  }

  /// Any number or NaN, exponents uniform.
  private mutating func bits<T: PropertyScalar>() -> T {
    let mask: T.RawSignificand = (1 << T.RawSignificand(T.significandBitCount)) - 1
    return T(
      sign: chance(50) ? .plus : .minus,
      exponentBitPattern: T.RawExponent(truncatingIfNeeded: next()) & T.infinity.exponentBitPattern,
      significandBitPattern: T.RawSignificand(truncatingIfNeeded: next()) & mask)
  }
}

/// The spread that mixes all others.
let mixedSpread = 7

private let edges: [Double] = [
  0.25, 0.3465735902799726, 0.5, 0.625, 0.7071067811865476, 0.8813735870195429, 1, 1.4142135623730951, 1.5, 2, 2.25, 3,
  3.5, 4, 5, 6, 8, 16, 20, 0.7853981633974483, 1.5707963267948966, 3.141592653589793, 0x1p23, 0x1p24, 0x1p53,
]
private let floatEdges = [
  9.01, 10.06, 13.2, 14.17, 16.64, 17.33, 87.336, 88.37, 88.7228, 89.416, 103.2789, 103.972, 126, 127, 128, 149, 150,
]
private let doubleEdges = [
  19.06, 26.54, 27.226, 36.05, 36.74, 37.52, 38.48, 708.396, 709.78, 710.4758, 745.133, 1022, 1023, 1024, 1074, 1075,
]
