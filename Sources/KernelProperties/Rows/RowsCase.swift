/// One call over rows: how many of which length, how they lie, and the seed of the values.
struct RowsCase: PropertyCase {
  var outer = 1
  var count = 1
  var inner = 1

  /// 1: rows lie along memory; 0: as in a dense array.  Without inner places both are the same.
  var along = 0

  /// Elements between neighbours, and between what lies further apart.
  var step = 1
  var gap = 0

  /// What the values are; see `SplitMix64.rowValue`.
  var fill = 0
  var seed = 0
  var threads = 1

  /// 1: buffers begin at a forbidden page instead of ending there.
  var flushLeft = 0

  /// Which operation, and a choice for properties that need one.
  var operation = 0
  var choice = 0

  static let fields: [CaseField<RowsCase>] = [
    CaseField("threads", \.threads, .threads), CaseField("outer", \.outer, .size), CaseField("inner", \.inner, .size),
    CaseField("n", \.count, .size), CaseField("along", \.along, .flag), CaseField("step", \.step, .positiveDistance),
    CaseField("gap", \.gap, .distance), CaseField("fill", \.fill, .choice(0...7)),
    CaseField("left", \.flushLeft, .flag),
    CaseField("operation", \.operation, .choice(0...RowsOperation.all.count - 1)),
    CaseField("choice", \.choice, .within(-5000...5000)), CaseField("seed", \.seed, .natural),
  ]

  var rows: Int { outer * inner }
}

extension SplitMix64 {
  /// Rows of up to `elements` elements together.
  mutating func rows(elements: Int = 250, fills: ClosedRange<Int> = 0...5) -> RowsCase {
    var x = RowsCase()
    x.count = size(elements)
    x.outer = int(1...max(1, min(6, elements / x.count)))
    x.inner = chance(50) ? 1 : int(1...max(1, min(70, elements / (x.count * x.outer))))
    x.along = int(0...1)
    x.step = chance(70) ? 1 : int(1...3)
    x.gap = chance(70) ? 0 : int(1...5)
    x.fill = int(fills)
    x.seed = int(0...1 << 30)
    x.threads = int(1...4)
    x.flushLeft = int(0...1)
    x.operation = int(0...RowsOperation.all.count - 1)
    return x
  }

  /// One row of 100 to 4096 elements, of which the first is nearly the whole sum of exponentials.
  mutating func dominatedRow() -> RowsCase {
    var x = rows(fills: 7...7)
    x.count = chance(80) ? int(100...400) : int(401...4096)
    (x.outer, x.inner) = (1, 1)
    return x
  }

  /// An element of row `row`.
  ///
  /// - Parameter fill: 0: small integers; 1: uniform in -5 … 5; 2: in -200 … 200; 3: all of a row close together, up to
  ///   3000 from zero; 4: one number for a row; 5: magnitudes over the whole range; 6: special values among them; 7: a
  ///   first element far above the others.
  mutating func rowValue<T: PropertyScalar>(fill: Int, row: Int, isFirst: Bool = false) -> T {
    let u = Double(Int64(bitPattern: next()) >> 10) * 0x1p-53
    let base = Double((row &* 7919 &+ 13) % 6001 - 3000)
    switch fill {
    case 0: return T(int(-8...8))
    case 1: return T(5 * u)
    case 2: return T(200 * u)
    case 3: return T(base + 10 * u)
    case 4: return T(base / 97)
    case 5: return T(u) * (chance(50) ? T.greatestFiniteMagnitude : T(1000))
    case 6: return chance(20) ? pick(T.specials) : T(5 * u)
    default: return T(base / 500 + u / 2 - (isFirst ? 0 : 8 + 2 * (u + 1)))
    }
  }
}
