import Kernels
import KernelsReference

extension GEMMProperties {
  static var rules: [Claim] {
    [
      Claim(
        "beta-zero", "β = 0 never reads C: signalling NaNs in it do not show", weight: 2,
        generate: {
          var x = $0.gemm()
          x.betaQuarters = 0
          x.fill = $0.int(0...2)
          return x
        },
        check: { x, isa in
          let problem = GEMMProblem<T>(x)
          let overNumbers = try problem.product(isa)
          problem.c.fill { T.signalingNaN }
          problem.c.freeze()
          try expectSame(problem.product(isa), overNumbers, "over signalling NaNs")
          return 0
        }),
      Claim(
        "alpha-zero", "α = 0 never reads A or B, and scales C by β",
        generate: {
          var x = $0.gemm()
          x.alphaQuarters = 0
          (x.packA, x.packB) = (0, 0)
          return x
        }, check: scalesOnly),
      Claim(
        "depth-zero", "K = 0 never reads A or B, and scales C by β",
        generate: {
          var x = $0.gemm()
          x.k = 0
          (x.packA, x.packB) = (0, 0)
          return x
        }, check: scalesOnly),
      Claim(
        "empty", "M = 0, N = 0 or an empty batch does nothing",
        generate: {
          var x = $0.gemm()
          x.choice = $0.int(0...2)
          return x
        }, check: emptyDoesNothing),
      Claim(
        "nan", "a NaN in A or B reaches all of its row or column of C and nothing else", weight: 2,
        generate: specialCase, check: { x, isa in try spreads(.nan, x, isa) }),
      Claim(
        "infinity", "an infinity in A or B reaches all of its row or column of C and nothing else", weight: 2,
        generate: specialCase, check: { x, isa in try spreads(x.seed % 2 == 0 ? .infinity : -.infinity, x, isa) }),
    ]
  }

  @Sendable private static func scalesOnly(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    let problem = GEMMProblem<T>(x)
    problem.c.restore()
    try problem.a.whileForbidden { try problem.b.whileForbidden { try problem.callOnly(isa) } }
    try problem.checkDamage()
    let scaled = problem.c.originalMatrices().map { c in
      ReferenceMatrix(rows: c.rows, columns: c.columns) { i, j in problem.beta == 0 ? 0 : problem.beta * c[i, j] }
    }
    try expectSame(problem.c.matrices(), scaled, "β C")
    return 0
  }

  @Sendable private static func emptyDoesNothing(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    let problem = GEMMProblem<T>(x)
    var shapes = (a: problem.a.shape, b: problem.b.shape, c: problem.c.shape)
    switch x.choice {
    case 0: (shapes.a.size.x, shapes.c.size.x) = (0, 0)
    case 1: (shapes.b.size.y, shapes.c.size.y) = (0, 0)
    default: break
    }
    guard x.m > 0 && x.n > 0 && x.k > 0 else { return 0 }
    var out = unsafe problem.c.elements.mutableSpan
    try unsafe gemm(
      problem.a.elements.span, shapes.a, problem.b.elements.span, shapes.b, into: &out, shapes.c,
      batch: x.choice == 2 ? 0 : x.batch, alpha: problem.alpha, beta: problem.beta, isa: isa, threads: x.threads)
    try problem.checkDamage()
    try expectSame(problem.c.matrices(), problem.c.originalMatrices(), "an empty product")
    return 0
  }

  @Sendable private static func specialCase(_ random: inout SplitMix64) -> GEMMCase {
    var x = random.gemm(budget: 1 << 15)
    (x.m, x.n, x.k, x.batch) = (max(x.m, 1), max(x.n, 1), max(x.k, 1), 1)
    (x.a.step, x.b.step) = (max(x.a.step, 1), max(x.b.step, 1))
    (x.a.gap, x.b.gap) = (max(x.a.gap, 0), max(x.b.gap, 0))
    x.fill = random.int(0...2)
    x.place = random.int(0...max(x.m, x.n) * x.k)
    x.choice = random.int(0...1)
    return x
  }

  /// Puts `special` into A (choice 0) or B (choice 1) and looks where it goes.
  private static func spreads(_ special: T, _ x: GEMMCase, _ isa: ISA) throws -> Double {
    guard min(x.m, x.n, x.k, x.a.step, x.b.step) > 0, min(x.a.gap, x.b.gap, x.place) >= 0 else { return 0 }
    let problem = GEMMProblem<T>(x)
    let clean = try problem.product(isa)[0]
    let p = x.place % x.k
    let line = x.place / x.k % (x.choice == 0 ? x.m : x.n)
    if x.choice == 0 { problem.a.set(0, line, p, to: special) } else { problem.b.set(0, p, line, to: special) }
    problem.a.freeze()
    problem.b.freeze()
    let other = x.choice == 0 ? problem.b.matrices()[0] : problem.a.matrices()[0]
    let expected = ReferenceMatrix<T>(rows: x.m, columns: x.n) { i, j in
      guard (x.choice == 0 ? i : j) == line else { return clean[i, j] }
      return problem.alpha * (special * (x.choice == 0 ? other[p, j] : other[i, p]))
    }
    try expectSame(problem.product(isa)[0], expected, "with \(special) in \(x.choice == 0 ? "A" : "B")")
    return 0
  }
}
