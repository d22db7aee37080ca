import Kernels

extension MapProperties {
  /// A result depends on its element and on nothing else.
  static func bits(_ subjects: [MapSubject<T>]) -> [Claim] {
    [
      Claim(
        "position", "an element has the same result alone as anywhere in a buffer of any length and alignment",
        weight: 3, generate: { $0.map(subjects: subjects.count) },
        check: { x, isa in
          let subject = x.of(subjects)
          let arguments: [T] = x.arguments()
          let whole = try subject.values(arguments, isa: isa)
          let alone = try arguments.map { try subject.values([$0], isa: isa)[0] }
          try expectSame(alone, whole, arguments, "\(subject.name) alone")
          let start = min(x.shift, arguments.count)
          let part = Array(arguments[start...])
          try expectSame(subject.values(part, isa: isa), Array(whole[start...]), part, "\(subject.name) of a part")
          return 0
        }),
      Claim(
        "in-place", "in place gives the bits of out of place", weight: 2,
        generate: { $0.map(subjects: subjects.count) },
        check: { x, isa in
          let subject = x.of(subjects)
          let arguments: [T] = x.arguments()
          var changed = arguments
          do {
            var out = changed.mutableSpan
            try subject(inPlace: &out, isa: isa, threads: 1)
          }
          try expectSame(changed, subject.values(arguments, isa: isa), arguments, "\(subject.name) in place")
          return 0
        }),
      Claim(
        "vectors", "SIMD2 … SIMD64 give the bits of a buffer", weight: 3,
        generate: {
          var x = $0.map(subjects: subjects.count)
          x.choice = $0.int(0...6)
          return x
        }, check: { try vectors($0, $1, subjects) }),
      Claim(
        "threads", "1 to 4 threads give the same bits",
        generate: {
          var x = $0.map(subjects: subjects.count)
          x.count = $0.int(33_000...70_000)
          x.spread = 0
          return x
        },
        check: { x, isa in
          let subject = x.of(subjects)
          let arguments: [T] = x.arguments()
          let one = try subject.values(arguments, isa: isa)
          for threads in 2...4 {
            let several = try subject.values(arguments, isa: isa, threads: threads)
            try expectSame(several, one, arguments, "\(subject.name) on \(threads) threads")
          }
          return 0
        }),
      Claim(
        "instruction-sets", "every instruction set gives the same bits", weight: 3,
        generate: { $0.map(subjects: subjects.count) },
        check: { x, isa in
          let subject = x.of(subjects)
          let arguments: [T] = x.arguments()
          let here = try subject.values(arguments, isa: isa)
          for other in ISA.available where other != isa {
            let there = try subject.values(arguments, isa: other)
            try expectSame(there, here, arguments, "\(subject.name) on \(other) and \(isa)")
          }
          return 0
        }),
    ]
  }

  @Sendable private static func vectors(_ x: MapCase, _ isa: ISA, _ subjects: [MapSubject<T>]) throws -> Double {
    switch x.choice {
    case 0: try compare(x.of(subjects), SIMD2<T>.self, x, isa)
    case 1: try compare(x.of(subjects), SIMD3<T>.self, x, isa)
    case 2: try compare(x.of(subjects), SIMD4<T>.self, x, isa)
    case 3: try compare(x.of(subjects), SIMD8<T>.self, x, isa)
    case 4: try compare(x.of(subjects), SIMD16<T>.self, x, isa)
    case 5: try compare(x.of(subjects), SIMD32<T>.self, x, isa)
    default: try compare(x.of(subjects), SIMD64<T>.self, x, isa)
    }
    return 0
  }

  private static func compare<V: KernelVector>(
    _ subject: MapSubject<T>, _: V.Type, _ x: MapCase, _ isa: ISA
  ) throws where V.Scalar == T {
    var wide = x
    wide.count = V.scalarCount
    let arguments: [T] = wide.arguments()
    var vector = V()
    for index in arguments.indices { vector[index] = arguments[index] }
    let result = subject(vector)
    try expectSame(
      arguments.indices.map { result[$0] }, subject.values(arguments, isa: isa), arguments,
      "\(subject.name) of \(V.scalarCount) lanes")
  }
}
