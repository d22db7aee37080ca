/// Which operand of a product a packed matrix is.
public enum PackedSide: Hashable, Sendable {
  /// The left one, m × k.
  case a
  /// The right one, k × n.
  case b

  var operand: String { self == .a ? "a" : "b" }
}

/// An operand copied once into the order in which the kernels read it, for use in many products.
///
/// Packing pays where one matrix meets many others: the weights of a layer, say.  The copy is tied to the instruction
/// set, the side, the type and the shape, and a product with any other throws ``KernelError/Kind/wrongPacking`` or
/// ``KernelError/Kind/shapeMismatch``.  The product has the same bits as with the plain operand.
///
/// ```swift
/// let w = try PackedMatrix(.b, weights.span, MatrixShape(rows: 128, columns: 784).transposed)
/// for x in batches {
///   try gemm(x.span, MatrixShape(rows: 32, columns: 784), w, into: &y, MatrixShape(rows: 32, columns: 128))
/// }
/// ```
///
/// Copies share the storage, which never changes.
@safe
public struct PackedMatrix<Scalar: KernelScalar>: Sendable {
  /// Which operand it is.
  public let side: PackedSide
  /// Rows of the operand.
  public let rows: Int
  /// Columns of the operand.
  public let columns: Int
  /// The instruction set that can read it.
  public let isa: ISA
  @usableFromInline let storage: AlignedStorage<Scalar>

  /// Packs a matrix.
  ///
  /// - Parameters:
  ///   - side: the operand it will be.
  ///   - matrix: the buffer that holds it; may go away afterwards.
  ///   - shape: where it lies there.
  ///   - isa: the instruction set that will run the products.
  /// - Throws: ``KernelError`` about the shape, or ``KernelError/Kind/outOfMemory``.
  public init(_ side: PackedSide, _ matrix: Span<Scalar>, _ shape: MatrixShape, isa: ISA = .current)
    throws(KernelError)
  {
    let count = try PackedMatrix.count(side, rows: shape.rows, columns: shape.columns, isa: isa)
    let storage = try AlignedStorage<Scalar>(count: count, for: "packed \(side.operand)")
    try unsafe matrix.withUnsafeBufferPointer { (source) throws(KernelError) in
      // SAFETY: both buffers carry their counts, and nobody else has seen the storage yet.
      try unsafe Scalar._pack(side, source, shape, isa: isa, into: storage.buffer)
    }
    self.side = side
    self.rows = shape.rows
    self.columns = shape.columns
    self.isa = isa
    self.storage = storage
  }

  /// The bytes that the packed form takes.
  public var byteCount: Int { unsafe storage.buffer.count * MemoryLayout<Scalar>.stride }

  /// The bytes that the packed form of a `rows` × `columns` operand will take.
  ///
  /// - Throws: ``KernelError/Kind/negativeSize`` or ``KernelError/Kind/overflow``.
  public static func byteCount(_ side: PackedSide, rows: Int, columns: Int, isa: ISA = .current)
    throws(KernelError) -> Int
  {
    try count(side, rows: rows, columns: columns, isa: isa) * MemoryLayout<Scalar>.stride
  }

  private static func count(_ side: PackedSide, rows: Int, columns: Int, isa: ISA) throws(KernelError) -> Int {
    if min(rows, columns) < 0 {
      throw KernelError(.negativeSize, operand: side.operand, expected: 0, got: min(rows, columns))
    }
    // SAFETY: counts only, no memory is touched.
    let count = try unsafe Scalar._packedCount(side, rows: rows, columns: columns, isa: isa)
    if count < 0 { throw KernelError(.overflow, operand: side.operand, expected: .max, got: max(rows, columns)) }
    return count
  }
}

/// Aligned memory that lives as long as its last owner; written before it is shared and never after, hence Sendable.
@safe @usableFromInline
final class AlignedStorage<T: KernelScalar>: @unchecked Sendable {
  @usableFromInline let buffer: UnsafeMutableBufferPointer<T>

  init(count: Int, for operand: String) throws(KernelError) {
    unsafe buffer = try unsafe allocateAligned(count, of: T.self, for: operand)
  }

  // SAFETY: `buffer` came from allocateAligned and its last owner is going.
  deinit { unsafe freeAligned(buffer) }
}

extension PackedMatrix {
  @inlinable var shape: MatrixShape { MatrixShape(rows: rows, columns: columns) }
  @inlinable var packed: UnsafeBufferPointer<Scalar> { unsafe UnsafeBufferPointer(storage.buffer) }
}
