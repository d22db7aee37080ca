/// One call of the matrix product: sizes, layouts, scalars and the seed of the values.
struct GEMMCase: PropertyCase {
  var m = 1
  var n = 1
  var k = 1
  var batch = 1
  var a = LayoutChoice()
  var b = LayoutChoice()
  var c = LayoutChoice()
  var residual = LayoutChoice()

  /// α and β in quarters: exact in every type, and so are their products with small integers.
  var alphaQuarters = 4
  var betaQuarters = 0

  /// 0: small integers, so that every sum is exact; 1: uniform in -1 … 1; 2: magnitudes over 2^-20 … 2^20;
  /// 3: any bits, so also NaN, infinities and subnormal numbers.
  var fill = 0
  var seed = 0
  var threads = 1

  /// 1: that operand is packed first.
  var packA = 0
  var packB = 0

  /// 0: none, 1: per row, 2: per column.
  var bias = 0

  /// 1: a residual is added.
  var hasResidual = 0

  /// 0: identity, 1: ReLU, 2: LeakyReLU, 3: clamp.
  var activation = 0

  /// 0: none, 1: per row, 2: per column; then there is no other activation.
  var slopes = 0

  /// A position and a choice, for properties that need one.
  var place = 0
  var choice = 0

  static let fields: [CaseField<GEMMCase>] =
    [
      CaseField("threads", \.threads, .threads), CaseField("batch", \.batch, .size), CaseField("m", \.m, .size),
      CaseField("n", \.n, .size), CaseField("k", \.k, .size),
      CaseField("alpha.quarters", \.alphaQuarters, .choice(-32...32)),
      CaseField("beta.quarters", \.betaQuarters, .choice(-32...32)), CaseField("fill", \.fill, .choice(0...3)),
      CaseField("pack.a", \.packA, .flag), CaseField("pack.b", \.packB, .flag),
      CaseField("bias", \.bias, .choice(0...2)), CaseField("residual", \.hasResidual, .flag),
      CaseField("activation", \.activation, .choice(0...3)), CaseField("slopes", \.slopes, .choice(0...2)),
      CaseField("place", \.place), CaseField("choice", \.choice, .choice(-64...64)),
    ] + LayoutChoice.fields("a", \.a) + LayoutChoice.fields("b", \.b) + LayoutChoice.fields("c", \.c, isOutput: true)
    + LayoutChoice.fields("residual", \.residual) + [CaseField("seed", \.seed, .natural)]

  /// Whether all operands are dense and row-major.
  var isDense: Bool { [a, b, c, residual].allSatisfy { $0 == LayoutChoice() } }

  /// The multiply-adds of the call.
  var volume: Int { m * n * k * batch }
}

/// Where an operand's elements lie, as choices that make sense for any size.
struct LayoutChoice: Sendable, Equatable {
  /// 1: the elements of a column are neighbours, not those of a row.
  var columnMajor = 0

  /// The stride between neighbours; 0 repeats one element.
  var step = 1

  /// What the outer stride exceeds the least by; -1 makes it 0, which repeats one row or column.
  var gap = 0

  /// The same for the distance between the matrices of a batch; -1 uses one matrix for all.
  var batchGap = 0

  /// Elements of the buffer before the first of the matrix: the shape's offset.
  var offset = 0

  /// 1: the beginning of the buffer touches a forbidden page, not its end.
  var flushLeft = 0

  /// Elements between that page and the buffer.
  var shift = 0

  /// The elements of an output must not coincide.
  static func fields(
    _ name: String, _ operand: any WritableKeyPath<GEMMCase, LayoutChoice> & Sendable, isOutput: Bool = false
  ) -> [CaseField<GEMMCase>] {
    let step = isOutput ? FieldDomain.positiveDistance : .distance
    let gap = isOutput ? FieldDomain.distance : .within(-1...1024)
    return [
      CaseField("\(name).columns", operand, \.columnMajor, .flag), CaseField("\(name).step", operand, \.step, step),
      CaseField("\(name).gap", operand, \.gap, gap), CaseField("\(name).batchgap", operand, \.batchGap, gap),
      CaseField("\(name).offset", operand, \.offset, .distance), CaseField("\(name).left", operand, \.flushLeft, .flag),
      CaseField("\(name).shift", operand, \.shift, .distance),
    ]
  }
}
