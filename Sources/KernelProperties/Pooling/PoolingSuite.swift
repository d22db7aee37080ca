import Kernels
import KernelsReference

extension Suite {
  /// Pooling, unpooling and their ways back.
  public static let pooling = Suite("pooling", runners(Float.self) + runners(Double.self))

  private static func runners<T: PropertyScalar>(_: T.Type) -> [PropertyRunner] {
    (PoolingProperties<T>.values + PoolingProperties<T>.gradients + PoolingProperties<T>.rules)
      .map { PropertyRunner("pooling/\(T.typeName)", $0) }
  }
}

/// The properties of pooling over one element type.
enum PoolingProperties<T: PropertyScalar> {
  typealias Claim = Property<PoolingCase>

  static var values: [Claim] {
    [
      Claim(
        "maximum", "a maximum and its index are those of the definition, NaN, ties and empty windows included",
        weight: 4,
        generate: { $0.pooling(kind: 0) },
        check: { x, isa in
          guard x.kind == 0 else { return 0 }
          let problem = PoolingProblem<T>(x)
          try problem.forward(isa, indexed: true)
          for image in 0..<problem.images {
            let expected = problem.windows.maxima(problem.channel(problem.input, image, size: problem.inputs))
            try expectSameElements(
              problem.channel(problem.output, image, size: problem.outputs), expected.values, "channel \(image)")
            let found = problem.channel(problem.indices, image, size: problem.outputs).map { Int($0) }
            guard found == expected.indices else {
              throw PropertyFailure("channel \(image) has indices \(found), not \(expected.indices)")
            }
          }
          return 0
        }),
      Claim(
        "maximum-alone", "a maximum is the same number without indices", weight: 2,
        generate: { $0.pooling(kind: 0) },
        check: { x, isa in
          guard x.kind == 0 else { return 0 }
          let problem = PoolingProblem<T>(x)
          try problem.forward(isa, indexed: true)
          let indexed = problem.elements(problem.output)
          try problem.forward(isa)
          for (got, want) in zip(problem.elements(problem.output), indexed) where got != want {
            guard got.isNaN && want.isNaN else { throw PropertyFailure("\(got) without indices, \(want) with them") }
          }
          return 0
        }),
      Claim(
        "average", "an average is within n u of the mean of magnitudes", weight: 3,
        generate: {
          let fill = $0.int(0...1)
          return $0.pooling(kind: 1, fill: fill)
        },
        check: { x, isa in
          guard x.kind == 1, x.fill < 2 else { return 0 }
          let problem = PoolingProblem<T>(x)
          try problem.forward(isa)
          var worst = 0.0
          for image in 0..<problem.images {
            let expected = problem.windows.means(problem.channel(problem.input, image, size: problem.inputs))
            let got = problem.channel(problem.output, image, size: problem.outputs)
            worst = max(worst, try worstRatio(got, expected, "output"))
          }
          return worst
        }),
      Claim(
        "norm", "a 1-norm of n elements is n times their mean magnitude, a 2-norm of one element its magnitude",
        weight: 2,
        generate: {
          var x = $0.pooling(kind: 2, fill: 0)
          x.exponent = $0.int(1...2)
          return x
        }, check: norms),
    ]
  }

  /// Over small integers both norms have exact sums.
  @Sendable private static func norms(_ x: PoolingCase, _ isa: ISA) throws -> Double {
    guard x.kind == 2, x.fill == 0, (1...2).contains(x.exponent) else { return 0 }
    let problem = PoolingProblem<T>(x)
    try problem.forward(isa)
    for image in 0..<problem.images {
      let elements = problem.channel(problem.input, image, size: problem.inputs)
      let expected = problem.windows.windows.map { window in
        let sum = window.taps.reduce(T(0)) {
          $0 + (x.exponent == 1 ? elements[$1].magnitude : elements[$1] * elements[$1])
        }
        return x.exponent == 1 ? sum : sum.squareRoot()
      }
      try expectSameElements(
        problem.channel(problem.output, image, size: problem.outputs), expected, "norms of channel \(image)")
    }
    return 0
  }
}
