import Kernels
import KernelsReference

extension GEMMProperties {
  static var accuracy: [Claim] {
    [
      Claim(
        "exact-integers", "sums of integers below 1/u are exact", weight: 4,
        generate: {
          var x = $0.gemm()
          x.fill = 0
          return x
        },
        check: { x, isa in
          let problem = GEMMProblem<T>(x)
          return try worstError(problem.product(isa), problem.reference(), limit: 0)
        }),
      Claim(
        "error-bound", "every error is within (K + 2) u (|α||A||B| + |βC|)", weight: 4,
        generate: {
          var x = $0.gemm()
          x.fill = $0.int(1...2)
          return x
        }, check: withinBound),
      Claim(
        "skinny", "GEMV, outer products and long dot products keep the bound", weight: 2,
        generate: {
          var x = $0.gemm(.skinny)
          x.fill = $0.int(1...2)
          return x
        }, check: withinBound),
      Claim(
        "one-chain", "a short sum has the bits of the promised order of multiply-adds, special values included",
        weight: 3,
        generate: {
          var x = $0.gemm($0.pick([.tiny, .any]), budget: 1 << 14)
          x.k = min(x.k, 128)
          x.fill = $0.pick([1, 2, 3, 3])
          return x
        },
        check: { x, isa in
          let problem = GEMMProblem<T>(x)
          try expectSame(problem.product(isa), chains(problem, fused: isa.fused), "against one chain")
          return 0
        }),
    ]
  }

  @Sendable private static func withinBound(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    let problem = GEMMProblem<T>(x)
    return try worstError(problem.product(isa), problem.reference())
  }

  /// The product in the order that the kernels promise for one chunk, rounded as they round.
  private static func chains(_ problem: GEMMProblem<T>, fused: Bool) -> [ReferenceMatrix<T>] {
    let (a, b, c) = (problem.a.matrices(), problem.b.matrices(), problem.c.originalMatrices())
    let (alpha, beta) = (problem.alpha, problem.beta)
    let add = { (sum: T, x: T, y: T) -> T in fused ? sum.addingProduct(x, y) : sum + x * y }
    return c.indices.map { l in
      ReferenceMatrix(rows: c[l].rows, columns: c[l].columns) { i, j in
        guard problem.x.k > 0 else { return beta == 0 ? 0 : beta * c[l][i, j] }
        let terms = (0..<problem.x.k).map { (a[l][i, $0], b[l][$0, j]) }
        let sum = problem.x.n == 1 ? laneSum(terms, add) : terms.reduce(0) { add($0, $1.0, $1.1) }
        return beta == 0 ? alpha * sum : add(beta * c[l][i, j], alpha, sum)
      }
    }
  }

  /// The sum where C has one column: term p in lane p mod (128 bytes' worth), zeros to the end of the last lanes, then
  /// the upper half of the lanes onto the lower until one is left.
  private static func laneSum(_ terms: [(T, T)], _ add: (T, T, T) -> T) -> T {
    var lanes = [T](repeating: 0, count: 128 / MemoryLayout<T>.stride)
    let missing = (lanes.count - terms.count % lanes.count) % lanes.count
    for (p, term) in (terms + Array(repeating: (0, 0), count: missing)).enumerated() {
      lanes[p % lanes.count] = add(lanes[p % lanes.count], term.0, term.1)
    }
    while lanes.count > 1 {
      let half = lanes.count / 2
      lanes = (0..<half).map { lanes[$0] + lanes[$0 + half] }
    }
    return lanes[0]
  }
}
