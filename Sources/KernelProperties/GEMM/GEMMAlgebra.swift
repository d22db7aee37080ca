import Kernels
import KernelsReference

extension GEMMProperties {
  static var algebra: [Claim] {
    [
      Claim(
        "linear-alpha", "f(α₁ + α₂) = f(α₁) + f(α₂) within the bounds of the three",
        generate: realCase { x, random in
          x.betaQuarters = 0
          x.choice = random.int(-9...9)
        }, check: linearInAlpha),
      Claim(
        "linear-beta", "f(β₁ + β₂) = f(β₁) + β₂C within the bounds of the two",
        generate: realCase { x, random in x.choice = random.int(-9...9) }, check: linearInBeta),
      Claim(
        "scaling", "f(2α, 2β) = 2 f(α, β), bit for bit",
        generate: realCase { _, _ in },
        check: { x, isa in
          var twice = x
          twice.alphaQuarters *= 2
          twice.betaQuarters *= 2
          let doubled = try GEMMProblem<T>(x).product(isa).map { matrix in
            ReferenceMatrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { 2 * $0 })
          }
          try expectSame(GEMMProblem<T>(twice).product(isa), doubled, "twice α and β")
          return 0
        }),
      Claim(
        "split-depth", "A B = A₁B₁ + A₂B₂ for every split of K, within the bounds of the three",
        generate: realCase { x, random in
          x.batch = 1
          x.place = random.int(0...max(x.k, 1))
        }, check: splitDepth),
      Claim(
        "transposed", "(A B)ᵀ = BᵀAᵀ, bit for bit, unless just one of m and n is 1", weight: 2,
        generate: { $0.gemm() },
        check: { x, isa in
          guard (x.m == 1) == (x.n == 1) else { return 0 }  // a single column has an order of summation of its own
          let problem = GEMMProblem<T>(x)
          let (a, b, c) = (problem.a.matrices(), problem.b.matrices(), problem.c.originalMatrices())
          let product = try problem.product(isa)
          for l in product.indices {
            let other = try denseProduct(
              isa, alpha: problem.alpha, b[l].transposed, a[l].transposed, beta: problem.beta, c[l].transposed)
            try expectSame(other.transposed, product[l], "BᵀAᵀ")
          }
          return 0
        }),
    ]
  }

  private static func realCase(
    _ adjust: @escaping @Sendable (inout GEMMCase, inout SplitMix64) -> Void
  ) -> @Sendable (inout SplitMix64) -> GEMMCase {
    { random in
      var x = random.gemm(budget: 1 << 15)
      x.fill = random.int(1...2)
      adjust(&x, &random)
      return x
    }
  }

  @Sendable private static func linearInAlpha(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    var (second, sum) = (x, x)
    second.alphaQuarters = x.choice
    sum.alphaQuarters += x.choice
    let problems = [x, second, sum].map { GEMMProblem<T>($0) }
    let results = try problems.map { try $0.product(isa) }
    let references = problems.map { $0.reference() }
    return try worst(x) { l, index in
      let f = results.map { Double($0[l].elements[index]) }
      return ((f[0] + f[1]) - f[2], references.reduce(0) { $0 + $1[l].bound(at: index) }, (f[0] + f[1]).magnitude)
    }
  }

  @Sendable private static func linearInBeta(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    var sum = x
    sum.betaQuarters += x.choice
    let problems = [x, sum].map { GEMMProblem<T>($0) }
    let results = try problems.map { try $0.product(isa) }
    let references = problems.map { $0.reference() }
    let old = problems[0].c.originalMatrices()
    return try worst(x) { l, index in
      let f = results.map { Double($0[l].elements[index]) }
      let added = Double(x.choice) / 4 * Double(old[l].elements[index])
      return ((f[0] + added) - f[1], references.reduce(0) { $0 + $1[l].bound(at: index) }, (f[0] + added).magnitude)
    }
  }

  @Sendable private static func splitDepth(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    let problem = GEMMProblem<T>(x)
    let (a, b, c) = (problem.a.matrices()[0], problem.b.matrices()[0], problem.c.originalMatrices()[0])
    let split = min(max(x.place, 0), x.k)
    let (a1, a2) = (a.columns(0..<split), a.columns(split..<x.k))
    let (b1, b2) = (b.rows(0..<split), b.rows(split..<x.k))
    let whole = try problem.product(isa)[0]
    let first = try denseProduct(isa, alpha: problem.alpha, a1, b1, beta: problem.beta, c)
    let both = try denseProduct(isa, alpha: problem.alpha, a2, b2, beta: 1, first)
    let references = [
      problem.reference()[0], referenceGEMM(alpha: problem.alpha, a1, b1, beta: problem.beta, c),
      referenceGEMM(alpha: problem.alpha, a2, b2, beta: 1, first),
    ]
    return try worst(x) { _, index in
      let (w, s) = (Double(whole.elements[index]), Double(both.elements[index]))
      return (w - s, references.reduce(0) { $0 + $1.bound(at: index) }, 0)
    }
  }

  /// The worst of |difference| / bound over all elements.  `rounded` is what this comparison itself rounds, in `Double`:
  /// one more unit of it is allowed, which matters only where T is `Double`.
  private static func worst(
    _ x: GEMMCase, _ element: (_ l: Int, _ index: Int) -> (difference: Double, bound: Double, rounded: Double)
  ) throws -> Double {
    var worst = 0.0
    for l in 0..<x.batch {
      for index in 0..<x.m * x.n {
        let (difference, bound, rounded) = element(l, index)
        let allowed = bound + rounded * Double.ulpOfOne
        if difference == 0 { continue }
        let ratio = difference.magnitude / allowed
        guard ratio <= 1 else {
          throw PropertyFailure("element \(index) of matrix \(l) differs by \(difference), \(ratio) of the bound")
        }
        worst = max(worst, ratio)
      }
    }
    return worst
  }
}
