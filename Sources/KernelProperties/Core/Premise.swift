/// What the cases of a property have in common, learnt from drawing some: a property about β = 0 says nothing of others.
///
/// A replayed case that breaks it would be blamed on the kernel, and so would one that shrinking made.
struct Premise<Case: PropertyCase> {
  /// For each field what it may hold.
  private let values: [ClosedRange<Int>]

  init(_ property: Property<Case>) {
    var random = SplitMix64(seed: defaultSeed, id: property.name, index: 0)
    // A choice made once in a hundred cases is missing among a thousand with a chance of 1 in 20,000.
    let cases = property.pinned + (0..<1000).map { _ in property.generate(&random) }
    values = Case.fields.map { field in
      let drawn = cases.map(field.get)
      let (least, most, smallest) = (drawn.min()!, drawn.max()!, field.get(Case()))
      if least == most { return least...least }
      return field.domain.isChoice ? min(least, smallest)...max(most, smallest) : field.domain.values
    }
  }

  /// Why the property says nothing of a case; nil where it does.
  func objection(to input: Case) -> String? {
    for (field, values) in zip(Case.fields, values) {
      if let objection = field.objection(to: input, unlessWithin: values) { return objection }
    }
    return nil
  }
}
