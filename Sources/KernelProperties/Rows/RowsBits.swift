import Kernels

extension RowsProperties {
  static var bits: [Claim] {
    [
      Claim(
        "any-strides", "any strides, between forbidden pages, give the bits of each row alone", weight: 8,
        generate: { $0.rows(fills: 0...6) }, check: rowsAlone),
      Claim(
        "in-place", "softmax in place gives the bits of softmax apart", weight: 2,
        generate: { $0.rows(fills: 0...6) },
        check: { x, isa in
          let run = RowsRun<T>(x)
          for log in [false, true] {
            let operation = RowsOperation(kind: .softmax(log: log))
            try RowsRun.expectSame(
              run.results(operation, isa, inPlace: true), run.results(operation, isa), "in place and apart differ")
          }
          return 0
        }),
      Claim(
        "threads", "1 to 8 threads give the same bits, with one long row too", weight: 1,
        generate: {
          var x = $0.rows(fills: 0...3)
          (x.outer, x.inner, x.along, x.step) = ($0.int(1...3), 1, 1, 1)
          x.count = $0.int(4000...9000) * $0.pick([1, 1, 4])
          x.threads = $0.int(2...8)
          return x
        },
        check: { x, isa in
          let (run, operation) = (RowsRun<T>(x), operation(x))
          try RowsRun.expectSame(
            run.results(operation, isa), run.results(operation, isa, threads: 1), "\(operation.kind): threads")
          return 0
        }),
      Claim(
        "instruction-sets", "fused instruction sets give the same bits; all do where nothing is fused", weight: 3,
        generate: { $0.rows(fills: 0...6) },
        check: { x, isa in
          let (run, operation) = (RowsRun<T>(x), operation(x))
          let expected = try run.results(operation, isa)
          for other in ISA.available where other.fused == isa.fused || !operation.fuses {
            try RowsRun.expectSame(run.results(operation, other), expected, "\(operation.kind) on \(other)")
          }
          return 0
        }),
    ]
  }

  static func operation(_ x: RowsCase) -> RowsOperation {
    RowsOperation.all[min(max(x.operation, 0), RowsOperation.all.count - 1)]
  }

  @Sendable private static func rowsAlone(_ x: RowsCase, _ isa: ISA) throws -> Double {
    let (run, operation) = (RowsRun<T>(x), operation(x))
    let results = try run.results(operation, isa)
    switch operation.kind {
    case .targets, .probabilities:
      var dense = x
      (dense.along, dense.step, dense.gap) = (1, 1, 0)
      try RowsRun.expectSame(
        results, RowsRun(dense, values: (run.logits, run.others)).results(operation, isa), "strides")
    default:
      // The outermost rows and one between them.
      for r in Set([0, x.rows - 1, x.seed % max(x.rows, 1)]) where r >= 0 && r < x.rows {
        var alone = RowsCase()
        (alone.count, alone.seed) = (x.count, x.seed)
        let expected = try RowsRun(alone, values: (run.row(r).elements, run.other(r))).results(operation, isa)
        let got = Array(results[r * x.count..<(r + 1) * x.count]) + [results[x.rows * x.count + r]]
        try RowsRun.expectSame(got, expected, "\(operation.kind): row \(r) alone")
      }
    }
    return 0
  }
}
