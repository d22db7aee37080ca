/// Where the rows of an array lie in a buffer: the elements along one of its axes, for every place on the others.
///
/// An array is seen as `outer` × `count` × `inner`; element j of row (o, i) is
/// `buffer[offset + o * outerStride + j * stride + i * innerStride]`.  Any strides from 0 up describe an input (0 repeats
/// an element); an output must not visit an element twice.
///
/// ```swift
/// let rows = AxisShape(rows: 32, columns: 10)               // 32 rows of 10 neighbours
/// let columns = AxisShape(of: [32, 10], axis: 0)            // 10 columns of 32
/// let channels = AxisShape(of: [8, 3, 28, 28], axis: 1)     // 8 · 784 rows of 3 channels
/// ```
///
/// A shape does not check itself: the call that uses it does, against the buffer it comes with, and throws
/// ``KernelError/Kind/negativeSize``, ``KernelError/Kind/overflow``, ``KernelError/Kind/shortBuffer``,
/// ``KernelError/Kind/badStride``, or ``KernelError/Kind/badArgument`` for an offset below 0.
public struct AxisShape: Hashable, Sendable {
  /// The places in front of the axis, the elements along it, and the places behind it.
  public var outer: Int, count: Int, inner: Int
  /// The distances in elements from one to the next.
  public var outerStride: Int, stride: Int, innerStride: Int
  /// The place of the first element.
  public var offset: Int

  /// Any shape from its numbers.
  public init(
    outer: Int, count: Int, inner: Int, outerStride: Int, stride: Int, innerStride: Int, offset: Int = 0
  ) {
    (self.outer, self.count, self.inner) = (outer, count, inner)
    (self.outerStride, self.stride, self.innerStride) = (outerStride, stride, innerStride)
    self.offset = offset
  }

  /// Rows of neighbouring elements, back to back.
  @inlinable
  public init(rows: Int, columns: Int) {
    self.init(outer: rows, count: columns, inner: 1, outerStride: columns, stride: 1, innerStride: 1)
  }

  /// One row of neighbouring elements.
  @inlinable
  public init(count: Int) { self.init(rows: 1, columns: count) }

  /// One axis of a dense row-major array.
  ///
  /// - Parameters:
  ///   - dimensions: the array's sizes, the last one's elements neighbours.
  ///   - axis: counted from 0, or from the end where negative.
  /// - Precondition: there is such an axis.
  public init(of dimensions: [Int], axis: Int) {
    let axis = axis < 0 ? axis + dimensions.count : axis
    precondition(dimensions.indices.contains(axis), "axis \(axis) of \(dimensions.count) dimensions")
    let product = { (part: ArraySlice<Int>) in part.reduce(1, MatrixShape.saturatingProduct) }
    let inner = product(dimensions[(axis + 1)...])
    self.init(
      outer: product(dimensions[..<axis]), count: dimensions[axis], inner: inner,
      outerStride: MatrixShape.saturatingProduct(dimensions[axis], inner), stride: inner, innerStride: 1)
  }

  /// How many rows there are, each with a result of its own: row (o, i) is number `o * inner + i`.
  @inlinable public var rows: Int { MatrixShape.saturatingProduct(outer, inner) }
}
