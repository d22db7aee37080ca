import Foundation
import Kernels
import Testing

/// Inputs and outputs that other projects produced: ONNX's Gemm and MatMul, PyTorch's products and linear layers with
/// their gradients.
@Suite("Conformance of the matrix product")
struct GEMMConformanceTests {
  @Test(
    "ONNX Gemm and MatMul vectors pass", .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try graphs(), ISA.available)
  func onnxGraphs(vectors: KernelVectors, isa: ISA) throws {
    try vectors.usesDouble ? checkGraph(vectors, Double.self, isa) : checkGraph(vectors, Float.self, isa)
  }

  @Test(
    "PyTorch gemm vectors pass, gradients included",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"), arguments: try torch("gemm_"), ISA.available)
  func torchGEMM(vectors: KernelVectors, isa: ISA) throws {
    try vectors.usesDouble ? checkGEMM(vectors, Double.self, isa) : checkGEMM(vectors, Float.self, isa)
  }

  @Test(
    "PyTorch linear vectors pass, gradients included",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"), arguments: try torch("linear_"),
    ISA.available)
  func torchLinear(vectors: KernelVectors, isa: ISA) throws {
    try vectors.usesDouble ? checkLinear(vectors, Double.self, isa) : checkLinear(vectors, Float.self, isa)
  }

  // MARK: The vectors

  /// Graphs of nothing but these; the quantised products are other operations.
  private static func graphs() throws -> [KernelVectors] {
    try KernelVectors.all(in: "onnx") { _ in true }.filter { vectors in
      let ops = Set((vectors.nodes ?? []).map(\.op))
      return ["Gemm", "MatMul"].contains(vectors.op) && ops.isSubset(of: ["Gemm", "MatMul", "Transpose"])
    }
  }

  private static func torch(_ prefix: String) throws -> [KernelVectors] {
    try KernelVectors.all(in: "torch") { $0.hasPrefix(prefix) }
  }

  // MARK: Running them

  private func checkGraph<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    var known: [String: Tensor<T>] = [:]
    for entry in vectors.tensors("input") + vectors.tensors("initializer") {
      known[entry.name] = try vectors.tensor(entry)
    }
    for node in vectors.nodes ?? [] {
      let inputs = node.inputs.map { $0.flatMap { known[$0] } }
      let (first, second) = (try #require(inputs[0]), inputs.count > 1 ? inputs[1] : nil)
      let output = try #require(node.outputs[0])
      switch node.op {
      case "Transpose": known[output] = first.transposed
      case "MatMul": known[output] = try matmul(first, #require(second), isa: isa)
      default:
        known[output] = try product(
          first, #require(second), transA: node.number("transA") == 1, transB: node.number("transB") == 1,
          alpha: T(node.number("alpha") ?? 1), beta: T(node.number("beta") ?? 1),
          adding: inputs.count > 2 ? inputs[2] : nil, isa: isa)
      }
    }
    for entry in vectors.tensors("output") { try vectors.expect(#require(known[entry.name]), matches: entry) }
  }

  private func checkGEMM<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    let tensor = { (name: String) -> Tensor<T> in try vectors.tensor(try #require(vectors.entry(name))) }
    let (transA, transB) = (vectors.number("transA") == 1, vectors.number("transB") == 1)
    let (alpha, beta) = (T(vectors.number("alpha") ?? 1), T(vectors.number("beta") ?? 1))
    let (a, b, c, dy) = (try tensor("a"), try tensor("b"), try tensor("c"), try tensor("dy"))
    let scaled = Tensor(shape: dy.shape, elements: dy.elements.map { beta * $0 })
    let results: [String: Tensor<T>] = [
      "y": try product(a, b, transA: transA, transB: transB, alpha: alpha, beta: beta, adding: c, isa: isa),
      // d/dA of <dY, α op(A) op(B)> is α dY op(B)ᵀ, transposed where A is; the same for B.
      "da": transA
        ? try product(b, dy, transA: transB, transB: true, alpha: alpha, isa: isa)
        : try product(dy, b, transB: !transB, alpha: alpha, isa: isa),
      "db": transB
        ? try product(dy, a, transA: true, transB: transA, alpha: alpha, isa: isa)
        : try product(a, dy, transA: !transA, alpha: alpha, isa: isa),
      "dc": scaled,
    ]
    for (name, result) in results { try vectors.expect(result, matches: #require(vectors.entry(name))) }
  }

  private func checkLinear<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    let tensor = { (name: String) -> Tensor<T>? in try vectors.entry(name).map { try vectors.tensor($0) } }
    let (x, w, dy) = (try #require(try tensor("x")), try #require(try tensor("w")), try #require(try tensor("dy")))
    let rows = dy.flattened.shape[0]
    let ones = Tensor<T>(shape: [1, rows], elements: .init(repeating: 1, count: rows))
    let results: [String: Tensor<T>] = [
      "y": try product(x.flattened, w, transB: true, beta: 1, adding: tensor("b"), isa: isa),
      "dx": try product(dy.flattened, w, isa: isa),
      "dw": try product(dy.flattened, x.flattened, transA: true, isa: isa),
      "db": try product(ones, dy.flattened, isa: isa),
    ]
    for (name, result) in results {
      // A layer without a bias has no gradient of it.
      guard let entry = vectors.entry(name) else { continue }
      try vectors.expect(Tensor(shape: entry.shape, elements: result.elements), matches: entry)
    }
  }
}

extension KernelVectors {
  var usesDouble: Bool { tensors("input").contains { $0.dtype == "float64" } }

  func tensor<T: KernelScalar>(_ entry: TensorEntry) throws -> Tensor<T> {
    Tensor(shape: entry.shape, elements: try values(of: entry).map { T($0) })
  }

  /// That `got` has the shape and, within the tolerance that comes with the vectors, the elements of `entry`.
  func expect<T: KernelScalar>(_ got: Tensor<T>, matches entry: TensorEntry) throws {
    #expect(got.shape == entry.shape, "\(name): shape of \(entry.name)")
    let expected = try values(of: entry)
    try #require(got.elements.count == expected.count)
    for (index, want) in expected.enumerated() {
      let have = Double(got.elements[index])
      let same = want.isFinite ? (have - want).magnitude <= tolerance(of: entry, at: want) : have == want
      let bothNaN = want.isNaN && have.isNaN
      #expect(same || bothNaN, "\(name): \(entry.name)[\(index)] is \(have), not \(want)")
    }
  }

  /// ONNX states its own; for PyTorch's the README of the vectors gives the rule.
  private func tolerance(of entry: TensorEntry, at value: Double) -> Double {
    if let rtol, let atol { return atol + rtol * value.magnitude }
    let scale = entry.max_abs?.numbers.first ?? 1
    if usesDouble { return 1e-12 * max(1, scale) }
    return max(10 * (entry.torch_f32_max_abs_err?.numbers.first ?? 0), 2e-6 * scale) + 1e-7
  }
}
