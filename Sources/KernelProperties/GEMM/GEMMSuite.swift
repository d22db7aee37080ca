extension Suite {
  /// The matrix product.
  public static let gemm = Suite("gemm", runners(Float.self) + runners(Double.self))

  private static func runners<T: PropertyScalar>(_: T.Type) -> [PropertyRunner] {
    let properties =
      GEMMProperties<T>.accuracy + GEMMProperties<T>.algebra + GEMMProperties<T>.bits + GEMMProperties<T>.rules
      + GEMMProperties<T>.memory + GEMMProperties<T>.errors
    return properties.map { PropertyRunner("gemm/\(T.typeName)", $0) }
  }
}

/// The properties of the matrix product over one element type, by topic.
enum GEMMProperties<T: PropertyScalar> {
  typealias Claim = Property<GEMMCase>
}
