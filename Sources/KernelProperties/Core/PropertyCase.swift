/// The input of a property: a row of named integers, so that every case can be written on one line, read back, and made
/// smaller without code of its own.
///
/// A case holds sizes, layouts, choices (numbered) and the seed of the operands' values, never the values themselves.
public protocol PropertyCase: Sendable, Equatable {
  /// The smallest case: every field at the value that shrinking aims for.
  init()

  /// The fields in the order in which they are written and shrunk.
  static var fields: [CaseField<Self>] { get }
}

/// One named integer of a case.
public struct CaseField<Case>: Sendable {
  let name: String
  let get: @Sendable (Case) -> Int
  let set: @Sendable (inout Case, Int) -> Void

  /// A field of the case itself.
  public init(_ name: String, _ path: any WritableKeyPath<Case, Int> & Sendable) {
    self.name = name
    get = { $0[keyPath: path] }
    set = { $0[keyPath: path] = $1 }
  }

  /// A field of a part of the case.
  public init<Part>(
    _ name: String, _ part: any WritableKeyPath<Case, Part> & Sendable,
    _ path: any WritableKeyPath<Part, Int> & Sendable
  ) {
    self.name = name
    get = { $0[keyPath: part][keyPath: path] }
    set = { $0[keyPath: part][keyPath: path] = $1 }
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
