import CBench
import CKernels
import KernelProperties
import Kernels
import KernelsReference

/// Derivatives of activations times a gradient, over buffers.  Its operations are elements: GFLOP/s reads as Gelem/s.
struct FunctionBackwardSuite: Suite {
  let name = "functions-backward"

  func cases(_ request: Request) throws -> [Case] {
    BenchmarkedDerivative.allCases.flatMap { function in
      request.cases(of: BufferLength.all) { makeCase(function, $0, $1, $2, $3, request.peers) }
    }
  }

  private func makeCase(
    _ function: BenchmarkedDerivative, _ dtype: DType, _ count: Int, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) -> Case {
    .overBuffers(.functionBackward, "\(function.rawValue)_backward", dtype, count, isa, threads, reads: 2) {
      switch dtype {
      case .f32: try prepare(FunctionBackwardProblem<Float>(function, count: count), isa, threads, peers)
      case .f64: try prepare(FunctionBackwardProblem<Double>(function, count: count), isa, threads, peers)
      }
    }
  }

  private func prepare<T>(
    _ problem: FunctionBackwardProblem<T>, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) throws -> PreparedCase {
    let table = try isaTable(isa)
    return PreparedCase(
      ours: Contender(name: "ours") { count in
        for _ in 0..<count { try T.mapBackward(problem, table, threads) }
      },
      peers: peers.compactMap { $0.functionBackward(problem, threads: threads) },
      operands: [problem.operand, problem.dy].map { cb_range(start: $0.pointer, bytes: $0.byteCount) },
      spoilOutput: problem.spoilOutput, errorOverBound: problem.errorOverBound)
  }
}

extension Float {
  static func mapBackward(_ problem: FunctionBackwardProblem<Float>, _ isa: OpaquePointer, _ threads: Int) throws {
    let f = problem.function
    let status = ck_smap_backward(
      isa, CInt(threads), f.function, Float(f.p), Float(f.q), problem.dx.count, problem.operand.pointer,
      problem.dy.pointer, problem.dx.pointer, nil)
    if status != CK_OK { throw BenchError("ck_smap_backward returned \(status.rawValue)") }
  }
}

extension Double {
  static func mapBackward(_ problem: FunctionBackwardProblem<Double>, _ isa: OpaquePointer, _ threads: Int) throws {
    let f = problem.function
    let status = ck_dmap_backward(
      isa, CInt(threads), f.function, f.p, f.q, problem.dx.count, problem.operand.pointer, problem.dy.pointer,
      problem.dx.pointer, nil)
    if status != CK_OK { throw BenchError("ck_dmap_backward returned \(status.rawValue)") }
  }
}

/// The activations whose derivatives are timed, by the names of the suite `functions`.
enum BenchmarkedDerivative: String, CaseIterable {
  case relu, clamp, elu, gelu, silu, mish, softplus, sigmoid, tanh
  case geluTanh = "gelu_tanh"
  case logSigmoid = "log_sigmoid"
  case hardSwish = "hard_swish"

  /// The function in that suite.
  var function: BenchmarkedFunction { benchmarkedFunctions.first { $0.name == rawValue }! }

  var reference: ReferenceActivation<Double> {
    switch self {
    case .relu: .relu
    case .clamp: .clamp(low: 0, high: 6)
    case .elu: .elu(alpha: 1)
    case .gelu: .gelu
    case .geluTanh: .geluTanh
    case .silu: .silu
    case .mish: .mish
    case .softplus: .softplus(beta: 1)
    case .sigmoid: .sigmoid
    case .logSigmoid: .logSigmoid
    case .tanh: .tanh
    case .hardSwish: .hardSwish
    }
  }

  /// Where operands are drawn from: arguments, or results of sigmoid and tanh.
  var domain: ClosedRange<Double> {
    switch self {
    case .sigmoid: 0...1
    case .tanh: -1...1
    default: -10...10
    }
  }
}

/// The operands of one derivative.
final class FunctionBackwardProblem<T: BenchmarkScalar> {
  let function: BenchmarkedFunction
  let reference: ReferenceActivation<Double>
  let operand: Buffer<T>
  let dy: Buffer<T>
  let dx: Buffer<T>

  init(_ derivative: BenchmarkedDerivative, count: Int) {
    (function, reference) = (derivative.function, derivative.reference)
    var random = SplitMix64(seed: 1)
    operand = Buffer(count: count) { random.next(in: derivative.domain) }
    dy = Buffer(count: count) { random.nextSigned() }
    dx = Buffer(count: count) { .nan }
  }

  func spoilOutput() { dx.mutableElements.update(repeating: .nan) }

  /// The worst error over the bound among 65,536 elements, in ULP of the terms that may cancel.
  func errorOverBound() -> Double {
    let step = max(1, dx.count / 65536)
    var worst = 0.0
    for i in stride(from: 0, to: dx.count, by: step) {
      let exact = reference.derivative(at: Double(operand.pointer[i])).scaled(by: Double(dy.pointer[i]))
      let unit = Double(max(T(exact.scale).ulp, T.leastNormalMagnitude.ulp))
      let error = exact.value.distance(to: Double(dx.pointer[i])) / unit
      worst = max(worst, error.isNaN ? .infinity : error / ReferenceActivation<Double>.derivativeBound)
    }
    return worst
  }
}
