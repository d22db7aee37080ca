import Foundation
import Kernels
import Testing

/// Inputs and outputs of ONNX's backend tests: graphs of nothing but elementwise operations and functions.
@Suite("Conformance of elementwise operations")
struct ElementwiseConformanceTests {
  @Test(
    "ONNX Add, Mul, Sum, PRelu and graphs of them pass; other element types are skipped by name",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"), arguments: try graphs(), ISA.available)
  func onnxGraphs(vectors: KernelVectors, isa: ISA) throws {
    guard let dtype = vectors.tensors.first(where: { !$0.dtype.hasPrefix("float") })?.dtype else {
      try vectors.usesDouble ? check(vectors, Double.self, isa) : check(vectors, Float.self, isa)
      return
    }
    print("skipped \(vectors.name): there are no kernels over \(dtype)")
  }

  @Test(
    "ONNX SwiGLU and Identity vectors pass: swish times the other half, and an activation that copies",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try KernelVectors.all(in: "onnx") { $0 == "onnx_swiglu_alpha.json" || $0 == "onnx_identity.json" },
    ISA.available)
  func onnxActivations(vectors: KernelVectors, isa: ISA) throws {
    let node = try #require(vectors.nodes?.first)
    let inputs: [Tensor<Float>] = try node.inputs.map {
      try vectors.tensor(try #require($0.flatMap { vectors.entry($0) }))
    }
    var y = inputs[0]
    var out = y.elements.mutableSpan
    if node.op == "SwiGLU" {
      let other = inputs[1].elements
      try activate(.swish(beta: Float(try #require(node.number("alpha")))), inPlace: &out, isa: isa)
      try combine(.multiply, inPlace: &out, other.span, isa: isa)
    } else {
      try activate(.identity, inPlace: &out, isa: isa)
    }
    try vectors.expect(y, matches: try #require(node.outputs[0].flatMap { vectors.entry($0) }))
  }

  private static let binary: [String: BinaryOperation] = [
    "Add": .add, "Sub": .subtract, "Mul": .multiply, "Div": .divide, "Sum": .add, "Min": .minimum, "Max": .maximum,
    "Less": .less, "LessOrEqual": .lessOrEqual, "Greater": .greater, "GreaterOrEqual": .greaterOrEqual,
    "Equal": .equal, "PRelu": .prelu,
  ]

  private static func graphs() throws -> [KernelVectors] {
    let known = Set(binary.keys).union(["Where", "Neg", "Tanh", "Sigmoid"])
    return try KernelVectors.all(in: "onnx") { _ in true }.filter { vectors in
      let ops = Set((vectors.nodes ?? []).map(\.op))
      return !ops.isEmpty && ops.isSubset(of: known) && !ops.isDisjoint(with: Set(binary.keys).union(["Where"]))
    }
  }

  private func check<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    var known: [String: Tensor<T>] = [:]
    for entry in vectors.tensors("input") + vectors.tensors("initializer") {
      known[entry.name] = try vectors.tensor(entry)
    }
    for node in vectors.nodes ?? [] {
      let inputs = try node.inputs.map { try #require($0.flatMap { known[$0] }) }
      let output = try #require(node.outputs[0])
      known[output] = try result(of: node.op, inputs, isa)
    }
    for entry in vectors.tensors("output") { try vectors.expect(#require(known[entry.name]), matches: entry) }
  }

  private func result<T>(of op: String, _ inputs: [Tensor<T>], _ isa: ISA) throws -> Tensor<T> {
    switch op {
    case "Tanh", "Sigmoid":
      var y = inputs[0]
      var out = y.elements.mutableSpan
      try activate(op == "Tanh" ? .tanh : .sigmoid, inPlace: &out, isa: isa)
      return y
    case "Neg":
      var y = inputs[0]
      var out = y.elements.mutableSpan
      try scale(-1, inPlace: &out, isa: isa)
      return y
    case "Where":
      let shape = try Broadcast(inputs[0].shape, inputs[1].shape, inputs[2].shape)
      var y = unset(shape) as Tensor<T>
      var out = y.elements.mutableSpan
      let (mask, a, b) = (inputs[0], inputs[1], inputs[2])
      try combine(.select, mask.elements.span, a.elements.span, b.elements.span, into: &out, over: shape, isa: isa)
      return y
    default:
      let operation = try #require(Self.binary[op])
      return try inputs.dropFirst().reduce(inputs[0]) { a, b in
        var b = b
        // Before broadcasting came, a slope of one dimension was one for each channel.
        if op == "PRelu", b.shape.count == 1 { b.shape += [Int](repeating: 1, count: a.shape.count - 2) }
        let shape = try Broadcast(a.shape, b.shape)
        var y = unset(shape) as Tensor<T>
        var out = y.elements.mutableSpan
        try combine(operation, a.elements.span, b.elements.span, into: &out, over: shape, isa: isa)
        return y
      }
    }
  }

  private func unset<T>(_ shape: Broadcast) -> Tensor<T> {
    let sizes = (0..<shape.rank).map { shape.size[$0] }
    return Tensor(shape: sizes, elements: .init(repeating: .nan, count: sizes.reduce(1, *)))
  }
}
