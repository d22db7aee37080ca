import Kernels

/// What it costs to call functions with one vector of 64 bytes each: a line for each type, of those among `cases`.
func vectorLines(_ cases: [Case], minTime: Double) throws -> [String] {
  try DType.allCases.compactMap { dtype in
    let names = Set(cases.filter { $0.operation == .function && $0.dtype == dtype }.map(\.kernel))
    switch dtype {
    case .f32: return try line(VectorFunction<SIMD16<Float>>.all.filter { names.contains($0.name) }, minTime)
    case .f64: return try line(VectorFunction<SIMD8<Double>>.all.filter { names.contains($0.name) }, minTime)
    }
  }
}

/// Each function's time in a loop over 256 vectors over that of the buffer kernel on the same elements; nil without any.
private func line<V: KernelVector>(
  _ functions: [VectorFunction<V>], _ minTime: Double
) throws -> String? where V.Scalar: BenchmarkScalar {
  let vectors = 256
  let ratios = try functions.map { function in
    let problem = function.problem(vectors: vectors)
    let table = try isaTable(ISA.current)
    let contenders = [
      Contender(name: "vectors") { count in
        for _ in 0..<count { function.run(problem) }
      },
      Contender(name: "buffer") { count in
        for _ in 0..<count { try V.Scalar.map(problem, table, 1) }
      },
    ]
    let timings = try timeInTurns(contenders, minTime: minTime)
    return (name: function.name, ratio: timings[0].best / timings[1].best, ns: timings[0].best / Double(vectors) * 1e9)
  }
  guard let worst = ratios.map(\.ratio).max() else { return nil }
  let texts = ratios.map { "\($0.name) \(format($0.ratio, 2)) (\(format($0.ns, 1)) ns)" }
  return "\(V.self) in a loop, time per vector over the buffer kernel's: \(texts.joined(separator: ", ")); "
    + "at most \(format(worst, 2))"
}

/// A function of one vector, by the name it has in the suite.
struct VectorFunction<V: KernelVector> where V.Scalar: BenchmarkScalar {
  let name: String
  /// The results of so many vectors.
  private let map: (_ x: UnsafePointer<V>, _ y: UnsafeMutablePointer<V>, _ count: Int) -> Void

  /// - Parameter function: becomes a part of the loop, as in a program that has written it there.
  @inline(__always)
  private init(_ name: String, _ function: @escaping (V) -> V) {
    self.name = name
    map = { x, y, count in
      for i in 0..<count { y[i] = function(x[i]) }
    }
  }

  func problem(vectors: Int) -> FunctionProblem<V.Scalar> {
    FunctionProblem(benchmarkedFunctions.first { $0.name == name }!, count: vectors * V.scalarCount)
  }

  func run(_ problem: FunctionProblem<V.Scalar>) {
    let count = problem.count / V.scalarCount
    problem.x.pointer.withMemoryRebound(to: V.self, capacity: count) { x in
      problem.y.pointer.withMemoryRebound(to: V.self, capacity: count) { y in map(x, y, count) }
    }
  }

  static var all: [VectorFunction] {
    [
      .init("exp") { exp($0) }, .init("exp2") { exp2($0) }, .init("expm1") { expm1($0) }, .init("log") { log($0) },
      .init("log2") { log2($0) }, .init("log1p") { log1p($0) }, .init("sin") { sin($0) }, .init("cos") { cos($0) },
      .init("sinh") { sinh($0) }, .init("cosh") { cosh($0) }, .init("tanh") { tanh($0) }, .init("erf") { erf($0) },
      .init("erfc") { erfc($0) }, .init("rsqrt") { rsqrt($0) }, .init("sigmoid") { sigmoid($0) },
      .init("log_sigmoid") { logSigmoid($0) }, .init("softplus") { softplus($0) },
    ]
  }
}
