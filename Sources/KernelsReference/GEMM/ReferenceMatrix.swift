/// A dense row-major matrix: element `(i, j)` is `elements[i * columns + j]`.
public struct ReferenceMatrix<T: ReferenceScalar>: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  public var elements: [T]

  @inlinable public init(rows: Int, columns: Int, elements: [T]) {
    precondition(elements.count == rows * columns, "\(rows) x \(columns) matrix of \(elements.count) elements")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  @inlinable public init(rows: Int, columns: Int, element: (_ i: Int, _ j: Int) -> T) {
    self.init(
      rows: rows, columns: columns,
      elements: (0..<rows * columns).map { element($0 / columns, $0 % columns) })
  }

  @inlinable public subscript(i: Int, j: Int) -> T {
    get { elements[i * columns + j] }
    set { elements[i * columns + j] = newValue }
  }

  @inlinable public var transposed: ReferenceMatrix {
    ReferenceMatrix(rows: columns, columns: rows) { i, j in self[j, i] }
  }

  /// The rows `range` alone.
  @inlinable public func rows(_ range: Range<Int>) -> ReferenceMatrix {
    ReferenceMatrix(rows: range.count, columns: columns) { i, j in self[range.lowerBound + i, j] }
  }

  /// The columns `range` alone.
  @inlinable public func columns(_ range: Range<Int>) -> ReferenceMatrix {
    ReferenceMatrix(rows: rows, columns: range.count) { i, j in self[i, range.lowerBound + j] }
  }
}
