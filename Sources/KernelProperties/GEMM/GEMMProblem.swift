import Kernels
import KernelsReference

/// The operands that a case describes, and calls on them that check what every call must keep.
struct GEMMProblem<T: PropertyScalar> {
  let x: GEMMCase
  let a: Operand<T>
  let b: Operand<T>
  let c: Operand<T>
  let bias: Operand<T>?
  let residual: Operand<T>?
  let slopes: Operand<T>?

  var alpha: T { T(x.alphaQuarters) / 4 }
  var beta: T { T(x.betaQuarters) / 4 }

  init(_ x: GEMMCase) {
    self.x = x
    a = GEMMProblem.operand("A", x, x.m, x.k, x.a, shared: x.packA == 1)
    b = GEMMProblem.operand("B", x, x.k, x.n, x.b, shared: x.packB == 1)
    c = GEMMProblem.operand("C", x, x.m, x.n, x.c)
    var alone = x
    alone.batch = 1
    bias = x.bias == 0 ? nil : GEMMProblem.operand("bias", alone, 1, x.bias == 1 ? x.m : x.n, LayoutChoice())
    slopes = x.slopes == 0 ? nil : GEMMProblem.operand("slopes", alone, 1, x.slopes == 1 ? x.m : x.n, LayoutChoice())
    residual = x.hasResidual == 0 ? nil : GEMMProblem.operand("residual", x, x.m, x.n, x.residual)
  }

  private static func operand(
    _ name: String, _ x: GEMMCase, _ rows: Int, _ columns: Int, _ layout: LayoutChoice, shared: Bool = false
  ) -> Operand<T> {
    var layout = layout
    if shared { layout.batchGap = -1 }
    let operand = Operand<T>(rows: rows, columns: columns, batch: x.batch, layout)
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed), id: name, index: 0)
    operand.fill { random.value(fill: x.fill, depth: x.k) }
    operand.freeze()
    return operand
  }

  /// C after one call from its first contents.
  ///
  /// - Parameters:
  ///   - threads: the case's where nil.
  ///   - item: computes that matrix of the batch alone, as a view of the same buffers.
  ///   - epilogue: leaves out bias, residual, activation and slopes where false.
  /// - Throws: what the call throws; ``PropertyFailure`` where it changed anything but elements of C.
  func product(
    _ isa: ISA, threads: Int? = nil, item: Int? = nil, epilogue: Bool = true
  ) throws -> [ReferenceMatrix<T>] {
    c.restore()
    try call(isa, threads: threads, item: item, epilogue: epilogue)
    try checkDamage()
    return c.matrices()
  }

  /// The call alone, without a look at any operand.
  func callOnly(_ isa: ISA) throws { try call(isa, threads: nil, item: nil, epilogue: true) }

  /// That inputs, gaps and surroundings are as they were.
  func checkDamage() throws {
    for (name, input) in [("A", a), ("B", b), ("bias", bias), ("residual", residual), ("slopes", slopes)] {
      if let damage = input?.damage(isOutput: false) { throw PropertyFailure("\(name): \(damage)") }
    }
    if let damage = c.damage(isOutput: true) { throw PropertyFailure("C: \(damage)") }
  }

  /// What must come out: the definition, matrix by matrix.
  func reference() -> [ReferenceProduct<T>] {
    let (a, b, c) = (a.matrices(), b.matrices(), c.originalMatrices())
    return (0..<x.batch).map { referenceGEMM(alpha: alpha, a[$0], b[$0], beta: beta, c[$0]) }
  }

  var activation: Activation<T> {
    switch x.slopes == 0 ? x.activation : 0 {
    case 1: .relu
    case 2: .leakyReLU(alpha: T(0.3))
    case 3: .clamp(lo: -1.5, hi: 2.25)
    default: .identity
    }
  }

  /// The same steps for the reference, for matrix `item` of the batch.
  func referenceEpilogue(item: Int) -> ReferenceEpilogue<T> {
    let activation: ReferenceActivation<T> =
      switch activation {
      case .relu: .relu
      case .leakyReLU(let alpha): .leakyReLU(slope: alpha)
      case .clamp(let lo, let hi): .clamp(low: lo, high: hi)
      default: .identity
      }
    let (bias, slopes) = (bias?.matrices()[0].elements, slopes?.matrices()[0].elements)
    return ReferenceEpilogue(
      rowBias: x.bias == 1 ? bias : nil, columnBias: x.bias == 2 ? bias : nil,
      residual: residual?.matrices()[item], activation: activation, rowSlopes: x.slopes == 1 ? slopes : nil,
      columnSlopes: x.slopes == 2 ? slopes : nil)
  }
}

// MARK: Calling

extension GEMMProblem {
  private func call(_ isa: ISA, threads: Int?, item: Int?, epilogue: Bool) throws {
    let view = { (operand: Operand<T>) -> MatrixShape in
      var shape = operand.shape
      // An empty operand has an empty buffer, which an offset would pass the end of.
      if operand.elements.isEmpty { shape.offset = 0 } else { shape.offset += (item ?? 0) * shape.batchStride }
      return shape
    }
    let (threads, batch) = (threads ?? x.threads, item == nil ? x.batch : 1)
    let bias = epilogue ? self.bias?.elements : nil
    let residual = epilogue ? self.residual?.elements : nil
    let slopes = epilogue ? self.slopes?.elements : nil
    let (biasAxis, slopesAxis): (BiasAxis, BiasAxis) = (x.bias == 1 ? .row : .column, x.slopes == 1 ? .row : .column)
    let activation: Activation<T> = epilogue ? self.activation : .identity
    let residualShape = self.residual.map(view)
    // SAFETY: the operands outlive the call, and each has memory of its own.
    var out = unsafe c.elements.mutableSpan
    let (aSpan, bSpan) = unsafe (a.elements.span, b.elements.span)
    switch (x.packA, x.packB) {
    case (0, 0):
      try unsafe gemm(
        aSpan, view(a), bSpan, view(b), into: &out, view(c), batch: batch, alpha: alpha, beta: beta,
        bias: bias?.span, biasAxis: biasAxis, residual: residual?.span, residualShape: residualShape,
        activation: activation, slopes: slopes?.span, slopesAxis: slopesAxis, isa: isa, threads: threads)
    case (_, 0):
      let packed = try PackedMatrix(.a, aSpan, view(a), isa: isa)
      try unsafe gemm(
        packed, bSpan, view(b), into: &out, view(c), batch: batch, alpha: alpha, beta: beta,
        bias: bias?.span, biasAxis: biasAxis, residual: residual?.span, residualShape: residualShape,
        activation: activation, slopes: slopes?.span, slopesAxis: slopesAxis, threads: threads)
    case (0, _):
      let packed = try PackedMatrix(.b, bSpan, view(b), isa: isa)
      try unsafe gemm(
        aSpan, view(a), packed, into: &out, view(c), batch: batch, alpha: alpha, beta: beta,
        bias: bias?.span, biasAxis: biasAxis, residual: residual?.span, residualShape: residualShape,
        activation: activation, slopes: slopes?.span, slopesAxis: slopesAxis, threads: threads)
    default:
      try unsafe gemm(
        PackedMatrix(.a, aSpan, view(a), isa: isa), PackedMatrix(.b, bSpan, view(b), isa: isa), into: &out, view(c),
        batch: batch, alpha: alpha, beta: beta, bias: bias?.span, biasAxis: biasAxis, residual: residual?.span,
        residualShape: residualShape, activation: activation, slopes: slopes?.span, slopesAxis: slopesAxis,
        threads: threads)
    }
  }
}

/// `αAB + βC` of dense row-major matrices, by the shortest form of the call.
func denseProduct<T: PropertyScalar>(
  _ isa: ISA, alpha: T, _ a: ReferenceMatrix<T>, _ b: ReferenceMatrix<T>, beta: T, _ c: ReferenceMatrix<T>
) throws -> ReferenceMatrix<T> {
  var result = c
  var out = result.elements.mutableSpan
  try gemm(
    a.elements.span, b.elements.span, into: &out, m: a.rows, n: b.columns, k: a.columns, alpha: alpha, beta: beta,
    isa: isa, threads: 1)
  return result
}
