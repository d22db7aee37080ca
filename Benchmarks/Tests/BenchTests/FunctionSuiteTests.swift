import CKernels
import Kernels
import Testing

@testable import bench

@Suite("The functions suite")
struct FunctionSuiteTests {
  @Test("every function keeps its bound against the suite's own reference", arguments: benchmarkedFunctions.indices)
  func bounds(index: Int) throws {
    try expectWithinBound(FunctionProblem<Float>(benchmarkedFunctions[index], count: 4096))
    try expectWithinBound(FunctionProblem<Double>(benchmarkedFunctions[index], count: 65536))
  }

  @Test("functions of vectors have the bits of the buffer kernel of their name")
  func vectors() throws {
    try expectSameBits(VectorFunction<SIMD16<Float>>.all)
    try expectSameBits(VectorFunction<SIMD8<Double>>.all)
  }

  @Test("a result that was never written is no result")
  func spoiled() {
    let problem = FunctionProblem<Float>(benchmarkedFunctions[0], count: 64)
    #expect(problem.errorOverBound() == .infinity)
  }

  @Test("names are those of the C library")
  func names() {
    for function in benchmarkedFunctions {
      #expect(ck_function_name(function.function).map { String(cString: $0) } == function.name)
    }
  }

  private func expectSameBits<V: KernelVector>(_ functions: [VectorFunction<V>]) throws
  where V.Scalar: BenchmarkScalar {
    #expect(functions.count == ElementaryFunction.allCases.count)
    for function in functions {
      let (one, other) = (function.problem(vectors: 16), function.problem(vectors: 16))
      function.run(one)
      try V.Scalar.map(other, isaTable(ISA.current), 1)
      #expect(one.y.elements.elementsEqual(other.y.elements), "\(function.name)")
    }
  }

  private func expectWithinBound<T: BenchmarkScalar>(_ problem: FunctionProblem<T>) throws {
    try T.map(problem, isaTable(ISA.best), 1)
    let error = problem.errorOverBound()
    #expect(error <= 1, "\(problem.function.name) over \(T.dtype.rawValue): \(error) of the bound")
  }
}
