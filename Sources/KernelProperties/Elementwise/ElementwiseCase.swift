import Kernels

/// One elementwise call: operation, shapes, values.
struct ElementwiseCase: PropertyCase {
  /// Its number: the binary operations, then the ternary ones.
  var operation = 0

  /// The array: sizes of up to four dimensions, 0 for one that is not there.
  var outer = 0
  var rows = 0
  var middle = 0
  var columns = 1

  /// Bit d: the operand has one element along dimension d, counted from the last.
  var repeatsA = 0
  var repeatsB = 0
  var repeatsC = 0

  /// Its number among the activations that properties try.
  var activation = 0

  /// 1: in place.
  var inPlace = 0

  /// Where values come from; see `SplitMix64.argument`.
  var spread = 0
  var seed = 0
  var threads = 1

  /// 1: the buffers begin at a forbidden page instead of ending there.
  var flushLeft = 0

  /// Elements between that page and the buffer.
  var shift = 0

  /// A choice, for properties that need one.
  var choice = 0

  static let fields: [CaseField<ElementwiseCase>] = [
    CaseField("threads", \.threads, .threads), CaseField("outer", \.outer, .size), CaseField("rows", \.rows, .size),
    CaseField("middle", \.middle, .size), CaseField("columns", \.columns, .size),
    CaseField("repeats.a", \.repeatsA, .within(0...15)), CaseField("repeats.b", \.repeatsB, .within(0...15)),
    CaseField("repeats.c", \.repeatsC, .within(0...15)), CaseField("activation", \.activation, .choice(0...5)),
    CaseField("place", \.inPlace, .flag), CaseField("spread", \.spread, .choice(0...mixedSpread)),
    CaseField("left", \.flushLeft, .flag), CaseField("shift", \.shift, .distance),
    CaseField("choice", \.choice, .choice(-64...64)),
    CaseField("operation", \.operation, .choice(0...elementwiseOperations - 1)), CaseField("seed", \.seed, .natural),
  ]

  /// The sizes of the array.
  var sizes: [Int] { [outer, rows, middle].filter { $0 > 0 } + [max(columns, 0)] }

  var count: Int { sizes.reduce(1, *) }

  /// The shape of an operand.
  func shape(_ repeats: Int) -> [Int] {
    let sizes = sizes
    return sizes.indices.map { repeats >> (sizes.count - 1 - $0) & 1 == 1 ? 1 : sizes[$0] }
  }

  /// `count` values that are the same for the same case and operand.
  func values<T: PropertyScalar>(_ operand: String, _ count: Int) -> [T] {
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: seed), id: operand, index: 0)
    return (0..<count).map { _ in random.argument(spread) }
  }
}

extension SplitMix64 {
  /// A call on two columns at least, and one of several choices.
  mutating func elementwise(choice choices: ClosedRange<Int>) -> ElementwiseCase {
    var x = elementwise()
    x.columns = max(x.columns, 2)
    x.choice = int(choices)
    return x
  }

  /// A call on an array of up to about `most` elements.
  mutating func elementwise(most: Int = 200) -> ElementwiseCase {
    var x = ElementwiseCase()
    let limit = chance(5) ? most * 16 : most
    x.columns = chance(2) ? 0 : chance(60) ? int(1...min(40, limit)) : logUniform(limit)
    x.middle = chance(60) ? int(1...max(1, min(9, limit / max(x.columns, 1)))) : 0
    x.rows = chance(40) ? int(1...max(1, min(30, limit / max(x.columns * max(x.middle, 1), 1)))) : 0
    x.outer = chance(20) ? int(1...3) : 0
    (x.repeatsA, x.repeatsB, x.repeatsC) = (repeats(), repeats(), repeats())
    x.operation = int(0...elementwiseOperations - 1)
    x.activation = chance(50) ? 0 : int(0...5)
    x.inPlace = int(0...1)
    x.spread = pick([0, mixedSpread, mixedSpread])
    x.seed = int(0...1 << 30)
    x.flushLeft = int(0...1)
    x.shift = x.flushLeft == 1 && chance(50) ? int(1...15) : 0
    return x
  }

  private mutating func repeats() -> Int { chance(50) ? 0 : int(0...15) }
}

/// The binary operations, then the ternary ones.
let elementwiseOperations = BinaryOperation.allCases.count + TernaryOperation.allCases.count
