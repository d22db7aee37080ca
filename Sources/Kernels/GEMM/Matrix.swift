/// A row-major matrix that owns its storage, every row on a 64-byte boundary.
///
/// Rows are padded to a whole number of ``KernelScalar/Vector`` (`SIMD16<Float>`, `SIMD8<Double>`), so the storage can
/// be viewed as rows of vectors.  The padding starts as zeros and products neither read nor write it.
///
/// ```swift
/// let a = try Matrix<Float>(rows: 2, columns: 3) { row, column in Float(row + column) }
/// let b = try Matrix<Float>(rows: 3, columns: 2) { row, column in Float(row - column) }
/// var c = try Matrix<Float>(rows: 2, columns: 2)
/// try gemm(a, b, into: &c)
/// ```
///
/// It is not copyable, so that no product copies a matrix by accident; ``copy()`` does it on purpose.  For storage that
/// already exists as an array, use the ``MatrixShape`` form of the product instead: it needs no copy.
@safe
public struct Matrix<Scalar: KernelScalar>: ~Copyable, @unchecked Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The distance in elements from one row to the next: ``columns`` rounded up to whole vectors.
  public let stride: Int
  // Sole owner: exclusivity of the value is exclusivity of the storage.
  @usableFromInline let buffer: UnsafeMutableBufferPointer<Scalar>

  /// A matrix of zeros.
  ///
  /// - Throws: ``KernelError/Kind/negativeSize``, ``KernelError/Kind/overflow`` or ``KernelError/Kind/outOfMemory``.
  public init(rows: Int, columns: Int) throws(KernelError) {
    let smaller = min(rows, columns)
    if smaller < 0 { throw KernelError(.negativeSize, operand: "matrix", expected: 0, got: smaller) }
    let lanes = Scalar.Vector.scalarCount
    let (padded, tooWide) = columns.addingReportingOverflow(lanes - 1)
    let stride = padded & ~(lanes - 1)
    let (count, tooLarge) = rows.multipliedReportingOverflow(by: stride)
    if tooWide || tooLarge {
      throw KernelError(.overflow, operand: "matrix", expected: .max, got: max(rows, columns))
    }
    let buffer = try unsafe allocateAligned(count, of: Scalar.self, for: "matrix")
    // SAFETY: the buffer is ours alone and holds trivial elements.
    unsafe buffer.initialize(repeating: 0)
    self.rows = rows
    self.columns = columns
    self.stride = stride
    unsafe self.buffer = unsafe buffer
  }

  /// A matrix whose elements are `element(row, column)`.
  ///
  /// - Throws: as ``init(rows:columns:)``.
  public init(rows: Int, columns: Int, _ element: (_ row: Int, _ column: Int) -> Scalar) throws(KernelError) {
    try self.init(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns { self[row, column] = element(row, column) }
    }
  }

  // SAFETY: `buffer` came from allocateAligned and this is its only owner.
  deinit { unsafe freeAligned(buffer) }

  /// The same matrix in storage of its own.
  ///
  /// - Throws: ``KernelError/Kind/outOfMemory``.
  public borrowing func copy() throws(KernelError) -> Matrix {
    let other = try Matrix(rows: rows, columns: columns)
    // SAFETY: equal sizes give equal counts, and the two buffers are distinct.
    _ = unsafe other.buffer.update(fromContentsOf: buffer)
    return other
  }

  /// Where the elements lie in the span of ``withSpan(_:)``.
  @inlinable
  public var shape: MatrixShape { .rowMajor(rows, columns, stride: stride) }

  /// One element.
  ///
  /// - Precondition: both indices lie within the matrix.
  @inlinable
  public subscript(row: Int, column: Int) -> Scalar {
    get {
      precondition(0 <= row && row < rows && 0 <= column && column < columns, "(\(row), \(column)) is outside")
      // SAFETY: row < rows and column < columns <= stride, so the index is below rows * stride.
      return unsafe buffer[row &* stride &+ column]
    }
    set {
      precondition(0 <= row && row < rows && 0 <= column && column < columns, "(\(row), \(column)) is outside")
      // SAFETY: as in the getter; exclusivity of `self` makes this the only access.
      unsafe buffer[row &* stride &+ column] = newValue
    }
  }
}

extension Matrix {
  /// Reads the storage, padding included, as one span laid out as ``shape`` says.
  @inlinable
  public borrowing func withSpan<E: Error, Result: ~Copyable>(
    _ body: (Span<Scalar>) throws(E) -> Result
  ) throws(E) -> Result {
    // SAFETY: the span cannot leave `body`, during which `self` is borrowed.
    try unsafe body(buffer.span)
  }

  /// Writes the storage, padding included, as one span laid out as ``shape`` says.
  @inlinable
  public mutating func withMutableSpan<E: Error, Result: ~Copyable>(
    _ body: (inout MutableSpan<Scalar>) throws(E) -> Result
  ) throws(E) -> Result {
    // SAFETY: the span cannot leave `body`, during which `self` is accessed exclusively.
    var span = unsafe buffer.mutableSpan
    return try body(&span)
  }

  /// Reads one row as vectors of 64 bytes; the last one may end in padding.
  ///
  /// - Precondition: `row` lies within the matrix.
  @inlinable
  public borrowing func withVectors<E: Error, Result: ~Copyable>(
    ofRow row: Int, _ body: (Span<Scalar.Vector>) throws(E) -> Result
  ) throws(E) -> Result {
    // SAFETY: rows start on vector boundaries and hold whole vectors; the span cannot leave `body`.
    try unsafe vectors(ofRow: row).withMemoryRebound(to: Scalar.Vector.self) { (row) throws(E) in
      try unsafe body(UnsafeBufferPointer(row).span)
    }
  }

  /// Writes one row as vectors of 64 bytes; the last one may end in padding, which nothing reads.
  ///
  /// - Precondition: `row` lies within the matrix.
  @inlinable
  public mutating func withMutableVectors<E: Error, Result: ~Copyable>(
    ofRow row: Int, _ body: (inout MutableSpan<Scalar.Vector>) throws(E) -> Result
  ) throws(E) -> Result {
    // SAFETY: rows start on vector boundaries and hold whole vectors; the span cannot leave `body`.
    try unsafe vectors(ofRow: row).withMemoryRebound(to: Scalar.Vector.self) { (row) throws(E) in
      var span = unsafe row.mutableSpan
      return try body(&span)
    }
  }

  @inlinable
  func vectors(ofRow row: Int) -> UnsafeMutableBufferPointer<Scalar> {
    precondition(0 <= row && row < rows, "row \(row) of \(rows)")
    return unsafe UnsafeMutableBufferPointer(rebasing: buffer[row * stride..<(row + 1) * stride])
  }
}
