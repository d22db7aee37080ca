internal import CKernels

/// One call of the matrix product with everything it can be asked for.
///
/// Not API: the public functions fill one in while their spans are open, and ``KernelScalar`` hands it to C.
@unsafe
public struct _GEMMCall<T: KernelScalar> {
  @usableFromInline let a: UnsafeBufferPointer<T>
  @usableFromInline let aShape: MatrixShape
  @usableFromInline var aPacked = false
  @usableFromInline let b: UnsafeBufferPointer<T>
  @usableFromInline let bShape: MatrixShape
  @usableFromInline var bPacked = false
  @usableFromInline let c: UnsafeMutableBufferPointer<T>
  @usableFromInline let cShape: MatrixShape
  @usableFromInline let alpha: T
  @usableFromInline let beta: T
  @usableFromInline let isa: ISA
  @usableFromInline let threads: Int?
  @usableFromInline var batch = 1
  @usableFromInline var bias: UnsafeBufferPointer<T>?
  @usableFromInline var biasAxis = BiasAxis.column
  @usableFromInline var residual: UnsafeBufferPointer<T>?
  @usableFromInline var residualShape: MatrixShape?
  @usableFromInline var activation = Activation<T>.identity
  @usableFromInline var slopes: UnsafeBufferPointer<T>?
  @usableFromInline var slopesAxis = BiasAxis.column

  @inlinable
  init(
    _ a: UnsafeBufferPointer<T>, _ aShape: MatrixShape, _ b: UnsafeBufferPointer<T>, _ bShape: MatrixShape,
    _ c: UnsafeMutableBufferPointer<T>, _ cShape: MatrixShape, alpha: T, beta: T, isa: ISA, threads: Int?
  ) {
    unsafe (self.a, self.aShape) = unsafe (a, aShape)
    unsafe (self.b, self.bShape) = unsafe (b, bShape)
    unsafe (self.c, self.cShape) = unsafe (c, cShape)
    unsafe (self.alpha, self.beta) = (alpha, beta)
    unsafe (self.isa, self.threads) = (isa, threads)
  }
}

extension _GEMMCall {
  var hasEpilogue: Bool {
    unsafe bias != nil || residual != nil || activation != .identity || slopes != nil
  }

  var aAddress: UnsafePointer<T>? { unsafe a.address(aPacked ? 0 : aShape.offset) }
  var bAddress: UnsafePointer<T>? { unsafe b.address(bPacked ? 0 : bShape.offset) }
  var cAddress: UnsafeMutablePointer<T>? { unsafe c.baseAddress.map { unsafe $0 + cShape.offset } }

  /// A residual without a shape of its own lies like C.  To C, NULL means none, so an empty one needs another address:
  /// its count of 0 is what the call then objects to.
  var residualAddress: UnsafePointer<T>? {
    guard let residual = unsafe residual else { return nil }
    return unsafe residual.address((residualShape ?? cShape).offset)
      ?? UnsafePointer(bitPattern: MemoryLayout<T>.alignment)
  }

  func residualLayout() throws(KernelError) -> ck_layout {
    guard let residual = unsafe residual else { return ck_layout() }
    let shape = unsafe residualShape ?? cShape
    try unsafe agree("residual rows", cShape.rows, shape.rows)
    try unsafe agree("residual columns", cShape.columns, shape.columns)
    return try ck_layout(shape, count: residual.count, operand: "residual")
  }

  var biasKind: ck_bias { unsafe kind(bias, biasAxis) }

  var slopesKind: ck_bias { unsafe kind(slopes, slopesAxis) }

  private func kind(_ vector: UnsafeBufferPointer<T>?, _ axis: BiasAxis) -> ck_bias {
    guard unsafe vector != nil else { return CK_BIAS_NONE }
    return axis == .row ? CK_BIAS_PER_ROW : CK_BIAS_PER_COLUMN
  }

  /// The shape of the product as C takes it; every other rule is checked there.
  func product() throws(KernelError) -> ck_gemm {
    try unsafe agree("b rows", aShape.columns, bShape.rows)
    try unsafe agree("c rows", aShape.rows, cShape.rows)
    try unsafe agree("c columns", bShape.columns, cShape.columns)
    return try unsafe ck_gemm(
      m: aShape.rows, n: bShape.columns, k: aShape.columns, batch: batch,
      a: aPacked ? .packed(count: a.count) : ck_layout(aShape, count: a.count, operand: "a"),
      b: bPacked ? .packed(count: b.count) : ck_layout(bShape, count: b.count, operand: "b"),
      c: ck_layout(cShape, count: c.count, operand: "c"), a_packed: aPacked, b_packed: bPacked)
  }

  private func agree(_ operand: String, _ expected: Int, _ got: Int) throws(KernelError) {
    if expected != got { throw KernelError(.shapeMismatch, operand: operand, expected: expected, got: got) }
  }
}

extension ck_layout {
  /// The part of a buffer of `count` elements that starts at the shape's offset.
  init(_ shape: MatrixShape, count: Int, operand: String) throws(KernelError) {
    guard shape.offset >= 0 else {
      throw KernelError(.badArgument, operand: "\(operand) offset", expected: 0, got: shape.offset)
    }
    guard shape.offset <= count else {
      throw KernelError(.shortBuffer, operand: operand, expected: shape.offset, got: count)
    }
    self.init(
      count: count - shape.offset, row_stride: shape.rowStride, column_stride: shape.columnStride,
      batch_stride: shape.batchStride)
  }

  /// One packed matrix for the whole batch.
  static func packed(count: Int) -> ck_layout {
    ck_layout(count: count, row_stride: 0, column_stride: 0, batch_stride: 0)
  }
}

extension UnsafeBufferPointer {
  /// The address of element `offset`, which ck_layout.init has found to lie within the buffer; nil in an empty one.
  func address(_ offset: Int) -> UnsafePointer<Element>? { unsafe baseAddress.map { unsafe $0 + offset } }
}
