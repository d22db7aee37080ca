import Kernels
import KernelsReference

extension MapProperties {
  /// What the result is.
  static func accuracy(_ subjects: [MapSubject<T>]) -> [Claim] {
    [
      Claim(
        "error-bound", "every result is within its bound of the exact value", weight: 12,
        generate: { $0.map(subjects: subjects.count, most: 24) },
        check: { x, isa in
          let subject = x.of(subjects)
          return try worst(subject, x.arguments(), isa)
        }),
      Claim(
        "special-values", "±0, ±∞, NaN and the ends of the range give what IEEE 754 or the limit gives", weight: 2,
        generate: {
          var x = $0.map(subjects: subjects.count, most: 24)
          x.spread = 5
          return x
        },
        check: { x, isa in
          let subject = x.of(subjects)
          return try worst(subject, x.arguments(), isa)
        }),
      Claim(
        "worst-inputs", "the inputs with the largest errors known stay within the bound", weight: 1,
        generate: {
          var x = MapCase()
          x.subject = $0.int(0...subjects.count - 1)
          return x
        },
        check: { x, isa in
          let subject = x.of(subjects)
          let inputs = (recordedWorstInputs[subject.baseName] ?? []) + (hardInputs[subject.baseName] ?? [])
          return try worst(subject, inputs.flatMap { [T($0), -T($0)] }, isa)
        }),
      Claim(
        "monotone", "where the function rises or falls, so do its results, from each number to the next", weight: 3,
        generate: {
          var x = $0.map(subjects: subjects.count, most: 24)
          x.choice = $0.int(0...2)
          return x
        }, check: { try monotone(x: $0, $1, subjects) }),
      Claim(
        "symmetry", "odd and even functions are so bit for bit", weight: 2,
        generate: { $0.map(subjects: subjects.count, most: 24) },
        check: { x, isa in
          let subject = x.of(subjects)
          guard subject.symmetry != 0 else { return 0 }
          let arguments: [T] = x.arguments()
          let (right, left) = (
            try subject.values(arguments, isa: isa), try subject.values(arguments.map { -$0 }, isa: isa)
          )
          try expectSame(left, subject.symmetry == 1 ? right.map { -$0 } : right, arguments, "\(subject.name)(-x)")
          return 0
        }),
    ]
  }

  /// The largest error as a fraction of the bound.
  private static func worst(_ subject: MapSubject<T>, _ arguments: [T], _ isa: ISA) throws -> Double {
    let results = try subject.values(arguments, isa: isa)
    var worst = 0.0
    for (x, y) in zip(arguments, results) {
      let exact = subject.reference(x)
      let error = exact.error(of: y)
      // Subnormal results may be one smallest number off, and so may the reference, half of one.
      let isTiny = exact.scale < Double(T.leastNormalMagnitude) * 4
      let bound = isTiny ? max(subject.bound(x), 1) + 0.5 : subject.bound(x)
      guard error <= bound || error == 0 else {
        throw PropertyFailure("\(subject.name)(\(x)) is \(y), not \(exact.value): \(error) ULP, \(bound) are allowed")
      }
      if error > 0 { worst = max(worst, error / bound) }
    }
    return worst
  }

  /// On consecutive numbers (`choice` 0), on numbers a few units apart (1), on scattered ones (2).
  @Sendable private static func monotone(x: MapCase, _ isa: ISA, _ subjects: [MapSubject<T>]) throws -> Double {
    let subject = x.of(subjects)
    guard subject.direction != 0 else { return 0 }
    var arguments: [T] = x.arguments().filter { !$0.isNaN }
    if x.choice < 2, let first = arguments.first, first.isFinite {
      for index in arguments.indices.dropFirst() {
        arguments[index] = arguments[index - 1].nextUp
        if x.choice == 1 { arguments[index] += T(index) * arguments[index].ulp }
      }
    }
    arguments = arguments.filter { $0 != 0 }.sorted()
    let results = try subject.values(arguments, isa: isa)
    for index in results.indices.dropFirst() {
      let (low, high) = subject.direction > 0 ? (index - 1, index) : (index, index - 1)
      if results[low].isNaN || results[high].isNaN { continue }  // outside the domain
      guard results[low] <= results[high] else {
        throw PropertyFailure(
          """
          \(subject.name) \(subject.direction > 0 ? "falls" : "rises") from \(arguments[index - 1]) to \
          \(arguments[index]): \(results[index - 1]), \(results[index])
          """)
      }
    }
    return 0
  }

  /// That two rows of results are the same bit for bit (any NaN matches any NaN).
  static func expectSame(_ got: [T], _ expected: [T], _ arguments: [T], _ what: String) throws {
    for index in expected.indices where !got[index].isSame(as: expected[index]) {
      throw PropertyFailure("\(what): at \(arguments[index]) [\(index)] \(got[index]), not \(expected[index])")
    }
  }
}
