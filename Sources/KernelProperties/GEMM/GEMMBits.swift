import Kernels
import KernelsReference

extension GEMMProperties {
  /// Element (i, j) depends on row i of A, column j of B, α, β, C(i, j) and K, and on nothing else.
  static var bits: [Claim] {
    [
      Claim(
        "any-strides", "row-major, column-major, gapped and repeating views give the bits of dense operands", weight: 2,
        generate: { $0.gemm() },
        check: { x, isa in
          let problem = GEMMProblem<T>(x)
          try expectSame(problem.product(isa), denseProducts(problem, isa), "strided and dense differ")
          return 0
        }),
      Claim(
        "row-alone", "a row of C has the same bits when it is computed alone", weight: 2,
        generate: { $0.gemmAtPlace() }, check: rowAlone),
      Claim(
        "column-alone", "two columns of C have the same bits when they are computed alone", weight: 2,
        generate: { $0.gemmAtPlace() }, check: columnAlone),
      Claim(
        "batch-is-loop", "a batch gives the bits of a loop, whatever the batch strides",
        generate: {
          var x = $0.gemm(budget: 1 << 15)
          x.batch = $0.int(2...6)
          return x
        },
        check: { x, isa in
          let problem = GEMMProblem<T>(x)
          let batch = try problem.product(isa)
          for l in 0..<x.batch {
            try expectSame(problem.product(isa, item: l)[l], batch[l], "matrix \(l) alone")
          }
          return 0
        }),
      Claim(
        "packed", "packed operands give the bits of plain ones", weight: 2,
        generate: {
          var x = $0.gemm()
          (x.packA, x.packB) = $0.pick([(0, 1), (1, 0), (1, 1)])
          return x
        },
        check: { x, isa in
          let problem = GEMMProblem<T>(x)
          try expectSame(problem.product(isa), denseProducts(problem, isa), "packed and plain differ")
          return 0
        }),
      Claim(
        "threads", "1 to 8 threads give the same bits", weight: 1,
        generate: {
          var x = $0.gemm($0.pick([.large, .large, .any]), budget: 1 << 21)
          x.bias = $0.int(0...2)
          return x
        },
        check: { x, isa in
          let problem = GEMMProblem<T>(x)
          let one = try problem.product(isa, threads: 1)
          for threads in 2...8 {
            try expectSame(problem.product(isa, threads: threads), one, "\(threads) threads and 1 differ")
          }
          return 0
        }),
      Claim(
        "alignment", "the bits do not depend on where operands start",
        generate: {
          var x = $0.gemm(budget: 1 << 15)
          (x.a.flushLeft, x.b.flushLeft, x.c.flushLeft) = (1, 1, 1)
          (x.a.shift, x.b.shift, x.c.shift) = ($0.int(0...15), $0.int(0...15), $0.int(0...15))
          return x
        },
        check: { x, isa in
          var aligned = x
          (aligned.a.shift, aligned.b.shift, aligned.c.shift) = (0, 0, 0)
          try expectSame(
            GEMMProblem<T>(x).product(isa), GEMMProblem<T>(aligned).product(isa), "shifted and aligned differ")
          return 0
        }),
      Claim(
        "instruction-sets", "fused instruction sets give the same bits; others agree within the bounds of both",
        generate: {
          var x = $0.gemm()
          x.fill = $0.int(0...2)
          return x
        }, check: sameOnOthers),
      Claim(
        "epilogue", "bias, residual, activation and slopes give the bits of separate steps", weight: 3,
        generate: { $0.gemmWithEpilogue() },
        check: { x, isa in
          let problem = GEMMProblem<T>(x)
          let fused = try problem.product(isa)
          let plain = try problem.product(isa, epilogue: false)
          let steps = plain.indices.map { problem.referenceEpilogue(item: $0)(plain[$0]) }
          try expectSame(fused, steps, "fused and separate differ")
          return 0
        }),
      Claim(
        "prelu", "slopes of rows or columns give the bits of the library's PReLU after the product",
        generate: {
          var x = $0.gemmWithEpilogue()
          x.slopes = $0.int(1...2)
          return x
        }, check: sameAsPReLU),
    ]
  }

  /// Each matrix of the batch from dense copies.
  static func denseProducts(_ problem: GEMMProblem<T>, _ isa: ISA) throws -> [ReferenceMatrix<T>] {
    let (a, b, c) = (problem.a.matrices(), problem.b.matrices(), problem.c.originalMatrices())
    return try c.indices.map {
      try denseProduct(isa, alpha: problem.alpha, a[$0], b[$0], beta: problem.beta, c[$0])
    }
  }

  @Sendable private static func sameAsPReLU(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    let problem = GEMMProblem<T>(x)
    let fused = try problem.product(isa)
    var alone = x
    (alone.slopes, alone.activation) = (0, 0)
    var steps = try GEMMProblem<T>(alone).product(isa)
    let slopes = problem.slopes?.matrices()[0].elements ?? []
    for l in steps.indices where !steps[l].elements.isEmpty {
      let before = steps[l].elements
      var out = steps[l].elements.mutableSpan
      let byRow = x.slopes == 1
      try prelu(
        before.span, slopes.span, into: &out, pixels: byRow ? x.n : 1, channelsLast: !byRow, isa: isa, threads: 1)
    }
    try expectSame(fused, steps, "fused and separate differ")
    return 0
  }

  @Sendable private static func rowAlone(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    let problem = GEMMProblem<T>(x)
    let product = try problem.product(isa)
    let i = min(max(x.place, 0), x.m - 1)
    for l in product.indices where x.m > 0 {
      let alone = try denseProduct(
        isa, alpha: problem.alpha, problem.a.matrices()[l].rows(i..<i + 1), problem.b.matrices()[l], beta: problem.beta,
        problem.c.originalMatrices()[l].rows(i..<i + 1))
      try expectSame(alone, product[l].rows(i..<i + 1), "row \(i) alone")
    }
    return 0
  }

  @Sendable private static func columnAlone(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    let problem = GEMMProblem<T>(x)
    let product = try problem.product(isa)
    let j = min(max(x.place, 0), x.n - 2)  // two: a single column has an order of summation of its own
    for l in product.indices where x.n > 1 {
      let alone = try denseProduct(
        isa, alpha: problem.alpha, problem.a.matrices()[l], problem.b.matrices()[l].columns(j..<j + 2),
        beta: problem.beta, problem.c.originalMatrices()[l].columns(j..<j + 2))
      try expectSame(alone, product[l].columns(j..<j + 2), "columns \(j) and \(j + 1) alone")
    }
    return 0
  }

  @Sendable private static func sameOnOthers(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    let problem = GEMMProblem<T>(x)
    let here = try problem.product(isa)
    var worst = try worstError(here, problem.reference())
    for other in ISA.available where other != isa {
      let there = try problem.product(other)
      if isa.fused && other.fused {
        try expectSame(there, here, "\(other) and \(isa) differ")
      } else {
        worst = max(worst, try worstError(there, problem.reference()))
      }
    }
    return worst
  }
}

extension SplitMix64 {
  /// A call, and the number of one of its rows or columns.
  mutating func gemmAtPlace() -> GEMMCase {
    var x = gemm()
    x.place = int(0...max(x.m, x.n))
    return x
  }
}
