/// An elementwise function that may follow a product.
public enum ReferenceActivation<T: ReferenceScalar>: Sendable, Equatable {
  case identity
  case relu
  case leakyReLU(slope: T)
  case clamp(low: T, high: T)

  /// The function's value, rounded once.  NaN stays NaN, and -0 stays -0.
  @inlinable public func callAsFunction(_ x: T) -> T {
    switch self {
    case .identity: x
    case .relu: 0 > x ? 0 : x
    case .leakyReLU(let slope): x < 0 ? slope * x : x
    case .clamp(let low, let high): x < low ? low : x > high ? high : x
    }
  }
}

/// What follows a product, as separate steps in this order: add a bias, add a residual, apply an activation.
public struct ReferenceEpilogue<T: ReferenceScalar>: Sendable {
  /// One element per row.
  public var rowBias: [T]?

  /// One element per column.
  public var columnBias: [T]?

  /// Same shape as the product.
  public var residual: ReferenceMatrix<T>?

  public var activation: ReferenceActivation<T>

  @inlinable
  public init(
    rowBias: [T]? = nil, columnBias: [T]? = nil, residual: ReferenceMatrix<T>? = nil,
    activation: ReferenceActivation<T> = .identity
  ) {
    self.rowBias = rowBias
    self.columnBias = columnBias
    self.residual = residual
    self.activation = activation
  }

  /// The steps one after the other, each rounded to `T` once.
  @inlinable public func callAsFunction(_ product: ReferenceMatrix<T>) -> ReferenceMatrix<T> {
    ReferenceMatrix(rows: product.rows, columns: product.columns) { i, j in
      var x = product[i, j]
      if let rowBias { x += rowBias[i] }
      if let columnBias { x += columnBias[j] }
      if let residual { x += residual[i, j] }
      return activation(x)
    }
  }
}
