extension Suite {
  /// Reductions, softmax and the cross-entropy.
  public static let rows = Suite("rows", runners(Float.self) + runners(Double.self))

  private static func runners<T: PropertyScalar>(_: T.Type) -> [PropertyRunner] {
    let properties =
      RowsProperties<T>.accuracy + RowsProperties<T>.bits + RowsProperties<T>.rules + RowsProperties<T>.theorems
    return properties.map { PropertyRunner("rows/\(T.typeName)", $0) }
  }
}

/// The properties of operations on rows over one element type, by topic.
enum RowsProperties<T: PropertyScalar> {
  typealias Claim = Property<RowsCase>
}
