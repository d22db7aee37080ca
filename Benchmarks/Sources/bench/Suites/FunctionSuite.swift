import CBench
import CKernels
import Kernels

/// Elementary functions and activations over buffers.  Its "operations" are elements: GFLOP/s reads as Gelem/s.
struct FunctionSuite: Suite {
  let name = "functions"

  func cases(_ request: Request) throws -> [Case] {
    benchmarkedFunctions.flatMap { function in
      request.cases(of: BufferLength.all) { makeCase(function, $0, $1, $2, $3, request.peers) }
    }
  }

  private func makeCase(
    _ function: BenchmarkedFunction, _ dtype: DType, _ count: Int, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) -> Case {
    .overBuffers(.function, function.name, dtype, count, isa, threads, reads: 1) {
      switch dtype {
      case .f32: try prepare(FunctionProblem<Float>(function, count: count), isa, threads, peers)
      case .f64: try prepare(FunctionProblem<Double>(function, count: count), isa, threads, peers)
      }
    }
  }

  private func prepare<T: BenchmarkScalar>(
    _ problem: FunctionProblem<T>, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) throws -> PreparedCase {
    let table = try isaTable(isa)
    return PreparedCase(
      ours: Contender(name: "ours") { count in
        for _ in 0..<count { try T.map(problem, table, threads) }
      },
      peers: peers.compactMap { $0.function(problem, isa: isa, threads: threads) },
      operands: [cb_range(start: problem.x.pointer, bytes: problem.x.byteCount)],
      spoilOutput: problem.spoilOutput, errorOverBound: problem.errorOverBound)
  }
}

/// The C library's table of an instruction set.
func isaTable(_ isa: ISA) throws -> OpaquePointer {
  var index = 0
  while let table = ck_isa_at(index) {
    if String(cString: ck_isa_name(table)) == isa.name { return table }
    index += 1
  }
  throw BenchError("no kernels for \(isa.name)")
}

extension Float {
  static func map(_ problem: FunctionProblem<Float>, _ isa: OpaquePointer, _ threads: Int) throws {
    let f = problem.function
    let status = ck_smap(
      isa, CInt(threads), f.function, Float(f.p), Float(f.q), problem.count, problem.x.pointer, problem.y.pointer, nil)
    if status != CK_OK { throw BenchError("ck_smap returned \(status.rawValue)") }
  }
}

extension Double {
  static func map(_ problem: FunctionProblem<Double>, _ isa: OpaquePointer, _ threads: Int) throws {
    let f = problem.function
    let status = ck_dmap(
      isa, CInt(threads), f.function, f.p, f.q, problem.count, problem.x.pointer, problem.y.pointer, nil)
    if status != CK_OK { throw BenchError("ck_dmap returned \(status.rawValue)") }
  }
}
