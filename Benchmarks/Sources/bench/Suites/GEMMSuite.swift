import CBench
import Kernels

/// Matrix products: plain (`gemm`) and with B packed beforehand (`gemm_packed_b`).
struct GEMMSuite: Suite {
  let name = "gemm"

  func cases(_ request: Request) throws -> [Case] {
    let shapes = try readGEMMShapes()
    let products = shapes.map { (Form.plain, $0) } + shapes.filter(isWeightProduct).map { (Form.packedB, $0) }
    return request.cases(of: products) { makeCase($1.0, $0, $1.1, $2, $3, request.peers) }
  }

  private enum Form: String {
    case plain = "gemm"
    case packedB = "gemm_packed_b"
  }

  /// Where packing B once is worth it: B is a matrix, not a vector, and not tiny.
  private func isWeightProduct(_ shape: GEMMShape) -> Bool {
    shape.section == "anchors" && shape.n > 1 && shape.n * shape.k >= 128 * 128
  }

  private func makeCase(
    _ form: Form, _ dtype: DType, _ shape: GEMMShape, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) -> Case {
    let (m, n, k) = (Double(shape.m), Double(shape.n), Double(shape.k))
    let size = Double(dtype.byteCount)
    return Case(
      operation: form == .plain ? .product : .prepackedProduct, kernel: form.rawValue, dtype: dtype, shape: shape.name,
      isa: isa, threads: threads, section: shape.section,
      flops: 2 * m * n * k, bytesRead: (m * k + k * n) * size, bytesWritten: m * n * size,
      squareSize: shape.squareSize,
      prepare: {
        switch dtype {
        case .f32: return try prepare(form, GEMMProblem<Float>(shape), isa, threads, peers)
        case .f64: return try prepare(form, GEMMProblem<Double>(shape), isa, threads, peers)
        }
      })
  }

  private func prepare<T: BenchmarkScalar>(
    _ form: Form, _ problem: GEMMProblem<T>, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) throws -> PreparedCase {
    let ours: Contender
    let others: [Contender]
    switch form {
    case .plain:
      ours = plainProduct(problem, isa, threads)
      others = peers.compactMap { $0.product(problem, threads: threads) }
    case .packedB:
      ours = try packedProduct(problem, isa, threads)
      others = peers.compactMap { $0.prepackedProduct(problem, threads: threads) }
    }
    return PreparedCase(
      ours: ours, peers: others, operands: problem.operands, spoilOutput: problem.spoilOutput,
      errorOverBound: { problem.errorOverBound() })
  }
}

/// Our product through the public Swift API.
func plainProduct<T: BenchmarkScalar>(_ problem: GEMMProblem<T>, _ isa: ISA, _ threads: Int) -> Contender {
  let (m, n, k) = (problem.m, problem.n, problem.k)
  let (aShape, bShape, cShape) = (problem.aShape, problem.bShape, problem.cShape)
  let isPlain = problem.layout == .nn
  return Contender(name: "ours") { count in
    let (a, b) = (problem.a.elements.span, problem.b.elements.span)
    var c = problem.c.mutableElements.mutableSpan
    if isPlain {
      for _ in 0..<count { try gemm(a, b, into: &c, m: m, n: n, k: k, isa: isa, threads: threads) }
    } else {
      for _ in 0..<count { try gemm(a, aShape, b, bShape, into: &c, cShape, isa: isa, threads: threads) }
    }
  }
}

/// Our product with B packed here, outside the time taken.
private func packedProduct<T: BenchmarkScalar>(
  _ problem: GEMMProblem<T>, _ isa: ISA, _ threads: Int
) throws -> Contender {
  let packed = try PackedMatrix(.b, problem.b.elements.span, problem.bShape, isa: isa)
  let (aShape, cShape) = (problem.aShape, problem.cShape)
  return Contender(name: "ours") { count in
    let a = problem.a.elements.span
    var c = problem.c.mutableElements.mutableSpan
    for _ in 0..<count { try gemm(a, aShape, packed, into: &c, cShape, threads: threads) }
  }
}
