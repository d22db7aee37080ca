import CBench
import CKernels
import Kernels

/// What the Swift API adds to a call, on the smallest product of the suite; nil where the request leaves it out.
func overheadLine(_ request: Request, minTime: Double) throws -> String? {
  guard request.dtypes.contains(.f32), let isa = request.isas.first else { return nil }
  let problem = GEMMProblem<Float>(GEMMShape(m: 8, n: 8, k: 8, layout: .nn, section: ""))
  let table = try isaTable(isa)
  let contenders = [plainProduct(problem, isa, 1), directProduct(problem, table)]
  let timings = try timeInTurns(contenders, minTime: minTime)
  let (swift, c) = (timings[0].best * 1e9, timings[1].best * 1e9)
  return "Swift API over the C call at 8x8x8: \(format(swift - c, 1)) ns (\(format(swift, 1)) against \(format(c, 1)))"
}

/// The same product by the C entry point.
private func directProduct(_ problem: GEMMProblem<Float>, _ table: OpaquePointer) -> Contender {
  let layout = ck_layout(count: 64, row_stride: 8, column_stride: 1, batch_stride: 0)
  var product = ck_gemm(
    m: 8, n: 8, k: 8, batch: 1, a: layout, b: layout, c: layout, a_packed: false, b_packed: false)
  return Contender(name: "C") { count in
    for _ in 0..<count {
      let status = ck_sgemm(
        table, 1, &product, 1, problem.a.pointer, problem.b.pointer, 0, problem.c.pointer, nil, nil)
      if status != CK_OK { throw BenchError("ck_sgemm returned \(status.rawValue)") }
    }
  }
}
