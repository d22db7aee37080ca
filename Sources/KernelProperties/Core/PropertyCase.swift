/// The input of a property: a row of named integers, so that every case can be written on one line, read back, and made
/// smaller without code of its own.
///
/// A case holds sizes, layouts, choices (numbered) and the seed of the operands' values, never the values themselves.
public protocol PropertyCase: Sendable, Equatable {
  /// The smallest case: every field at the value that shrinking aims for.
  init()

  /// The fields in the order in which they are written and shrunk.
  static var fields: [CaseField<Self>] { get }

  /// Whether the fields go together: those of an image and a window must leave an output.
  var isValid: Bool { get }
}

extension PropertyCase {
  public var isValid: Bool { true }
}

/// Which integers a field of a case may hold.
public struct FieldDomain: Sendable {
  let values: ClosedRange<Int>

  /// Whether the work of a case grows with the field: the product of these is limited.
  var isSize = false

  /// Whether the numbers stand for choices, of which a property need not make all.
  var isChoice = false

  public static let any = FieldDomain(values: .min ... .max)
  public static let natural = FieldDomain(values: 0 ... .max)
  public static let flag = choice(0...1)
  public static let size = FieldDomain(values: 0...mostWork, isSize: true)
  public static let positiveSize = FieldDomain(values: 1...mostWork, isSize: true)

  /// Strides, gaps and paddings, which enlarge what they are applied to.
  static let distance = within(0...1024)
  static let positiveDistance = within(1...1024)
  static let threads = within(1...256)

  public static func within(_ values: ClosedRange<Int>) -> FieldDomain { FieldDomain(values: values) }
  public static func choice(_ values: ClosedRange<Int>) -> FieldDomain { FieldDomain(values: values, isChoice: true) }

  /// The limit of that product, far above what any property draws.
  static let mostWork = 1 << 26
}

/// One named integer of a case.
public struct CaseField<Case>: Sendable {
  let name: String
  let domain: FieldDomain
  let get: @Sendable (Case) -> Int
  let set: @Sendable (inout Case, Int) -> Void

  /// A field of the case itself.
  public init(_ name: String, _ path: any WritableKeyPath<Case, Int> & Sendable, _ domain: FieldDomain = .any) {
    self.name = name
    self.domain = domain
    get = { $0[keyPath: path] }
    set = { $0[keyPath: path] = $1 }
  }

  /// A field of a part of the case.
  public init<Part>(
    _ name: String, _ part: any WritableKeyPath<Case, Part> & Sendable,
    _ path: any WritableKeyPath<Part, Int> & Sendable, _ domain: FieldDomain = .any
  ) {
    self.name = name
    self.domain = domain
    get = { $0[keyPath: part][keyPath: path] }
    set = { $0[keyPath: part][keyPath: path] = $1 }
  }
}

extension CaseField {
  /// Says that the field of a case is none of `values`; nil where it is one.
  func objection(to input: Case, unlessWithin values: ClosedRange<Int>) -> String? {
    let value = get(input)
    if values.contains(value) { return nil }
    let (least, most) = (values.lowerBound, values.upperBound)
    return "\(name)=\(value), which must be "
      + (least == most ? "\(least)" : most == .max ? "at least \(least)" : "\(least) to \(most)")
  }
}

extension PropertyCase {
  /// `name=value` for each field that is not at its smallest, separated by spaces.
  public var line: String {
    let smallest = Self()
    return Self.fields
      .filter { $0.get(self) != $0.get(smallest) }
      .map { "\($0.name)=\($0.get(self))" }
      .joined(separator: " ")
  }

  /// The case that `line` describes; nil where a word is no `name=integer` of a known field.
  public init?(line: some StringProtocol) {
    self.init()
    for word in line.split(separator: " ") {
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let value = Int(parts[1]),
        let field = Self.fields.first(where: { $0.name == parts[0] })
      else { return nil }
      field.set(&self, value)
    }
  }

  /// Why no kernel could be called on these numbers; nil where one could be.
  var objection: String? {
    for field in Self.fields {
      if let objection = field.objection(to: self, unlessWithin: field.domain.values) { return objection }
    }
    let sizes = Self.fields.filter(\.domain.isSize)
    // No factor exceeds the limit, so the first product that does is far from overflowing.
    let isTooLarge = sizes.reduce(1) { min($0, FieldDomain.mostWork + 1) * max($1.get(self), 1) } > FieldDomain.mostWork
    guard isTooLarge else { return nil }
    return "the product of \(sizes.map(\.name).joined(separator: ", ")) exceeds \(FieldDomain.mostWork)"
  }

  /// Cases that differ from this one in one field, which is nearer to the smallest: the boldest step first.
  var smaller: [Self] {
    let smallest = Self()
    return Self.fields.flatMap { field in
      let value = field.get(self)
      let target = field.get(smallest)
      let steps = [target, target + (value - target) / 2, value - (value - target).signum()]
      var seen: Set<Int> = [value]
      return steps.filter { seen.insert($0).inserted }.map { step in
        var copy = self
        field.set(&copy, step)
        return copy
      }
    }
  }
}
