/// What follows a product, as separate steps in this order: add a bias, add a residual, apply an activation, or a PReLU
/// with slopes of its own.
public struct ReferenceEpilogue<T: ReferenceScalar>: Sendable {
  /// One element per row.
  public var rowBias: [T]?

  /// One element per column.
  public var columnBias: [T]?

  /// Same shape as the product.
  public var residual: ReferenceMatrix<T>?

  public var activation: ReferenceActivation<T>

  /// One slope per row, for what is below zero.
  public var rowSlopes: [T]?

  /// One slope per column, for what is below zero.
  public var columnSlopes: [T]?

  @inlinable
  public init(
    rowBias: [T]? = nil, columnBias: [T]? = nil, residual: ReferenceMatrix<T>? = nil,
    activation: ReferenceActivation<T> = .identity, rowSlopes: [T]? = nil, columnSlopes: [T]? = nil
  ) {
    self.rowBias = rowBias
    self.columnBias = columnBias
    self.residual = residual
    self.activation = activation
    self.rowSlopes = rowSlopes
    self.columnSlopes = columnSlopes
  }

  /// The steps one after the other, each rounded to `T` once.
  @inlinable public func callAsFunction(_ product: ReferenceMatrix<T>) -> ReferenceMatrix<T> {
    ReferenceMatrix(rows: product.rows, columns: product.columns) { i, j in
      var x = product[i, j]
      if let rowBias { x += rowBias[i] }
      if let columnBias { x += columnBias[j] }
      if let residual { x += residual[i, j] }
      x = activation(x)
      if let rowSlopes { x = ReferenceActivation.leakyReLU(slope: rowSlopes[i])(x) }
      if let columnSlopes { x = ReferenceActivation.leakyReLU(slope: columnSlopes[j])(x) }
      return x
    }
  }
}
