extension Suite {
  /// The elementary functions.
  public static let functions = Suite("functions", functionRunners(Float.self) + functionRunners(Double.self))

  /// The activations, forward, backward and fused.
  public static let activations = Suite("activations", activationRunners(Float.self) + activationRunners(Double.self))

  private static func functionRunners<T: PropertyScalar>(_: T.Type) -> [PropertyRunner] {
    MapProperties<T>.all(MapSubject<T>.functions).map { PropertyRunner("functions/\(T.typeName)", $0) }
  }

  private static func activationRunners<T: PropertyScalar>(_: T.Type) -> [PropertyRunner] {
    let properties =
      MapProperties<T>.all(MapSubject<T>.activations) + ActivationProperties<T>.backward
      + ActivationProperties<T>.fused + ActivationProperties<T>.theorems
    return properties.map { PropertyRunner("activations/\(T.typeName)", $0) }
  }
}

/// The properties of functions of one element over one element type, by topic.
enum MapProperties<T: PropertyScalar> {
  typealias Claim = Property<MapCase>

  static func all(_ subjects: [MapSubject<T>]) -> [Claim] { accuracy(subjects) + bits(subjects) + memory(subjects) }
}

/// The properties that only activations have.
enum ActivationProperties<T: PropertyScalar> {
  typealias Claim = Property<MapCase>
}
