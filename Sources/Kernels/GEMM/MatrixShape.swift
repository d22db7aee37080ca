/// Where the elements of a matrix, or of a batch of equal matrices, lie in a buffer.
///
/// Element (i, j) of matrix l is `buffer[offset + l * batchStride + i * rowStride + j * columnStride]`.  Any strides
/// from 0 up describe an input (0 repeats an element); an output must not visit an element twice.  What is checked of an
/// output is stricter: each stride must clear all that the smaller ones span, which 3 × 2 with strides (2, 3) does not,
/// though its elements all differ.  Row-major, column-major, transposed, sliced and broadcast matrices are all one of
/// these:
///
/// ```swift
/// let a = MatrixShape(rows: 3, columns: 4)              // 3 x 4, row-major, dense
/// let b = MatrixShape.columnMajor(4, 2, stride: 8)      // 4 x 2 inside a taller Fortran array
/// let at = a.transposed                                 // the same elements as 4 x 3
/// let block = a[rows: 1..<3, columns: 0..<2]            // a 2 x 2 view of a
/// ```
///
/// A shape does not check itself: the call that uses it does, against the buffer it comes with, and throws
/// ``KernelError/Kind/negativeSize``, ``KernelError/Kind/overflow``, ``KernelError/Kind/shortBuffer``,
/// ``KernelError/Kind/badStride``, or ``KernelError/Kind/badArgument`` for an offset below 0.  An error's counts start at the
/// offset: “short buffer: a needs at least 16, got 4” may be about a buffer of 64 elements from element 60 on.
public struct MatrixShape: Hashable, Sendable {
  /// Rows and columns.
  public var size: SIMD2<Int>
  /// The distance in elements to the next row and to the next column.
  public var strides: SIMD2<Int>
  /// The place of element (0, 0).
  public var offset: Int
  /// The distance in elements to the next matrix of a batch; 0 uses one matrix for the whole batch.
  public var batchStride: Int

  /// Any shape from its numbers.
  public init(size: SIMD2<Int>, strides: SIMD2<Int>, offset: Int = 0, batchStride: Int = 0) {
    self.size = size
    self.strides = strides
    self.offset = offset
    self.batchStride = batchStride
  }

  /// A dense row-major matrix; a batch of them lies back to back.
  @inlinable
  public init(rows: Int, columns: Int) {
    self = .rowMajor(rows, columns)
  }

  /// `rows` rows of `columns` neighbouring elements.
  ///
  /// - Parameters:
  ///   - rows: the number of rows.
  ///   - columns: the number of columns.
  ///   - stride: the distance from row to row; `columns` where left out.
  ///   - offset: the place of element (0, 0).
  ///   - batchStride: the distance from matrix to matrix; `rows * stride` where left out.
  @inlinable
  public static func rowMajor(
    _ rows: Int, _ columns: Int, stride: Int? = nil, offset: Int = 0, batchStride: Int? = nil
  ) -> MatrixShape {
    let stride = stride ?? columns
    return MatrixShape(
      size: SIMD2(rows, columns), strides: SIMD2(stride, 1), offset: offset,
      batchStride: batchStride ?? saturatingProduct(rows, stride))
  }

  /// `columns` columns of `rows` neighbouring elements, as in BLAS and Fortran.
  ///
  /// - Parameters:
  ///   - rows: the number of rows.
  ///   - columns: the number of columns.
  ///   - stride: the distance from column to column; `rows` where left out.
  ///   - offset: the place of element (0, 0).
  ///   - batchStride: the distance from matrix to matrix; `columns * stride` where left out.
  @inlinable
  public static func columnMajor(
    _ rows: Int, _ columns: Int, stride: Int? = nil, offset: Int = 0, batchStride: Int? = nil
  ) -> MatrixShape {
    rowMajor(columns, rows, stride: stride, offset: offset, batchStride: batchStride).transposed
  }

  /// The number of rows.
  @inlinable public var rows: Int { size.x }
  /// The number of columns.
  @inlinable public var columns: Int { size.y }
  /// The distance in elements from one row to the next.
  @inlinable public var rowStride: Int { strides.x }
  /// The distance in elements from one column to the next.
  @inlinable public var columnStride: Int { strides.y }

  /// The same elements with rows and columns exchanged.
  @inlinable
  public var transposed: MatrixShape {
    MatrixShape(
      size: SIMD2(size.y, size.x), strides: SIMD2(strides.y, strides.x), offset: offset, batchStride: batchStride)
  }

  /// The place of an element of the first matrix.
  @inlinable
  public func index(row: Int, column: Int) -> Int {
    offset + (SIMD2(row, column) &* strides).wrappedSum()
  }

  /// A block of this matrix, as a shape over the same buffer.
  ///
  /// - Precondition: the ranges lie within the matrix.
  @inlinable
  public subscript(rows rows: Range<Int>, columns columns: Range<Int>) -> MatrixShape {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows, "rows \(rows) of \(self.rows)")
    precondition(columns.lowerBound >= 0 && columns.upperBound <= self.columns, "columns \(columns) of \(self.columns)")
    return MatrixShape(
      size: SIMD2(rows.count, columns.count), strides: strides,
      offset: index(row: rows.lowerBound, column: columns.lowerBound), batchStride: batchStride)
  }

  /// The product, or where it does not fit, the extreme on its side: the call that multiplies on reports the overflow.
  @inlinable
  static func saturatingProduct(_ x: Int, _ y: Int) -> Int {
    let (product, overflow) = x.multipliedReportingOverflow(by: y)
    return overflow ? ((x < 0) == (y < 0) ? .max : .min) : product
  }
}
