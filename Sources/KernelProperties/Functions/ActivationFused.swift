import Kernels
import KernelsReference

extension ActivationProperties {
  static var fused: [Claim] {
    [
      Claim(
        "epilogue", "as the last step of a product an activation has the bits of the separate call", weight: 4,
        generate: {
          var x = $0.map(subjects: MapSubject<T>.activations.count)
          // Rows, columns and depth: one of each now and then, for the kernels of thin products.
          x.count = $0.chance(20) ? 1 : $0.int(1...40)
          x.shift = $0.chance(20) ? 1 : $0.int(1...40)
          x.choice = $0.int(1...12)
          x.spread = 0
          return x
        }, check: epilogue)
    ]
  }

  @Sendable private static func epilogue(_ x: MapCase, _ isa: ISA) throws -> Double {
    let (m, n, k) = (max(x.count, 1), max(x.shift, 1), max(x.choice, 1))
    let (activation, _) = MapSubject<T>.activationPairs[min(max(x.subject, 0), MapSubject<T>.activations.count - 1)]
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed), id: "epilogue", index: 0)
    let (a, b) = ((0..<m * k).map { _ in random.argument(0) as T }, (0..<k * n).map { _ in random.argument(0) as T })
    let bias = (0..<n).map { _ in random.argument(0) as T }
    let shapes = (
      MatrixShape(rows: m, columns: k), MatrixShape(rows: k, columns: n), MatrixShape(rows: m, columns: n)
    )
    var (fused, separate) = ([T](repeating: T.canary, count: m * n), [T](repeating: T.canary, count: m * n))
    do {
      var out = fused.mutableSpan
      try gemm(
        a.span, shapes.0, b.span, shapes.1, into: &out, shapes.2, bias: bias.span, activation: activation, isa: isa,
        threads: 1)
    }
    do {
      var out = separate.mutableSpan
      try gemm(a.span, shapes.0, b.span, shapes.1, into: &out, shapes.2, bias: bias.span, isa: isa, threads: 1)
      try activate(activation, inPlace: &out, isa: isa, threads: 1)
    }
    try MapProperties<T>.expectSame(fused, separate, separate, "\(activation) fused into \(m)x\(n)x\(k)")
    return 0
  }
}
