import Foundation
import Kernels
import Testing

/// Inputs and outputs that other projects produced: ONNX's activations and elementary functions, PyTorch's activations
/// with their gradients.
@Suite("Conformance of activations")
struct ActivationConformanceTests {
  @Test(
    "ONNX activations and functions pass", .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try nodes(), ISA.available)
  func onnxNodes(vectors: KernelVectors, isa: ISA) throws {
    let node = try #require(vectors.nodes?.first)
    let inputs = try node.inputs.map { try $0.flatMap { vectors.entry($0) }.map { try tensor(vectors, $0) } }
    let x = try #require(inputs[0])
    var y = x
    do {
      var out = y.elements.mutableSpan
      switch try meaning(of: node, inputs) {
      case .function(let f): try evaluate(f, x.elements.span, into: &out, isa: isa)
      case .activation(let f, let scale):
        try activate(f, x.elements.span, into: &out, isa: isa)
        for index in 0..<out.count { out[index] *= scale }
      }
    }
    for entry in vectors.tensors("output") { try vectors.expect(y, matches: entry) }
  }

  @Test(
    "PyTorch activations pass, gradients included",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"), arguments: try torchActivations(),
    ISA.available)
  func torch(vectors: KernelVectors, isa: ISA) throws {
    try vectors.usesDouble ? check(vectors, Double.self, isa) : check(vectors, Float.self, isa)
  }

  // MARK: ONNX

  private enum Meaning {
    case function(ElementaryFunction)
    case activation(Activation<Float>, scale: Float = 1)
  }

  private static let functions: [String: ElementaryFunction] = [
    "Exp": .exp, "Log": .log, "Erf": .erf, "Sin": .sin, "Cos": .cos, "Sinh": .sinh, "Cosh": .cosh,
  ]

  private static let activations: Set = [
    "Relu", "LeakyRelu", "Clip", "Elu", "Selu", "Celu", "Gelu", "Sigmoid", "Tanh", "Mish", "Softplus", "Softsign",
    "Swish", "HardSigmoid", "HardSwish", "ThresholdedRelu",
  ]

  /// Graphs of one of these nodes.
  private static func nodes() throws -> [KernelVectors] {
    try KernelVectors.all(in: "onnx") { _ in true }.filter { vectors in
      // The library has no 16-bit floating-point types.
      guard let nodes = vectors.nodes, nodes.count == 1,
        !vectors.tensors.contains(where: { $0.dtype.hasSuffix("float16") })
      else { return false }
      return functions[nodes[0].op] != nil || activations.contains(nodes[0].op)
    }
  }

  private func tensor(_ vectors: KernelVectors, _ entry: KernelVectors.TensorEntry) throws -> Tensor<Float> {
    try vectors.tensor(entry)
  }

  private func meaning(of node: KernelVectors.Node, _ inputs: [Tensor<Float>?]) throws -> Meaning {
    if let function = ActivationConformanceTests.functions[node.op] { return .function(function) }
    let number = { (name: String, usual: Float) in node.number(name).map { Float($0) } ?? usual }
    switch node.op {
    case "Relu": return .activation(.relu)
    case "LeakyRelu": return .activation(.leakyReLU(alpha: number("alpha", 0.01)))
    case "Clip":
      let limit = { (index: Int) in inputs.count > index ? inputs[index]?.elements.first : nil }
      let hi = limit(2) ?? number("max", .greatestFiniteMagnitude)
      // ONNX lets the upper limit win where the limits are in the wrong order.
      return .activation(.clamp(lo: min(limit(1) ?? number("min", -.greatestFiniteMagnitude), hi), hi: hi))
    case "Elu": return .activation(.elu(alpha: number("alpha", 1)))
    case "Selu":
      guard let alpha = node.attributes["alpha"]?.numbers.first else { return .activation(.selu) }
      return .activation(.elu(alpha: Float(alpha)), scale: number("gamma", 1.0507))
    case "Celu": return .activation(.celu(alpha: number("alpha", 1)))
    case "Gelu": return .activation(node.attributes["approximate"]?.words == ["tanh"] ? .geluTanh : .gelu)
    case "Sigmoid": return .activation(.sigmoid)
    case "Tanh": return .activation(.tanh)
    case "Mish": return .activation(.mish)
    case "Softplus": return .activation(.softplus())
    case "Softsign": return .activation(.softsign)
    case "Swish": return .activation(.swish(beta: number("alpha", 1)))
    case "HardSigmoid": return .activation(.hardSigmoid(slope: number("alpha", 0.2), offset: number("beta", 0.5)))
    case "HardSwish": return .activation(.hardSwish)
    default: return .activation(.threshold(at: number("alpha", 1)))
    }
  }

  // MARK: PyTorch

  private static func torchActivations() throws -> [KernelVectors] {
    try KernelVectors.all(in: "torch") { $0.hasPrefix("act_") }.filter { $0.op != "prelu" }
  }

  private func check<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    let tensor = { (name: String) -> Tensor<T> in try vectors.tensor(try #require(vectors.entry(name))) }
    let (x, dy) = (try tensor("x"), try tensor("dy"))
    let beta = try vectors.entry("beta").map { try vectors.values(of: $0)[0] }
    let activation = try torchActivation(vectors, T.self, beta: beta)
    var (y, dx) = (x, x)
    do {
      var out = y.elements.mutableSpan
      try activate(activation, x.elements.span, into: &out, isa: isa)
    }
    do {
      var out = dx.elements.mutableSpan
      let operand = activation.backwardOperand == .x ? x.elements : y.elements
      try activateBackward(activation, operand.span, dy.elements.span, into: &out, isa: isa)
    }
    for (name, result) in [("y", y), ("dx", dx)] {
      let entry = try #require(vectors.entry(name))
      if vectors.name.contains("_special_") {
        // What a result's last bit is worth where the derivative is computed from it: |∂(y (1 − y))| <= 1, |∂(1 − y²)| <= 2.
        let fromResult = name == "dx" && activation.backwardOperand == .y
        try vectors.expectEach(
          result, at: x.elements.map { Double($0) }, matches: entry,
          slack: zip(y.elements, dy.elements).map { fromResult ? 2 * Double($0.ulp * $1.magnitude) : 0 })
      } else {
        try vectors.expect(result, matches: entry)
      }
    }
  }

  private func torchActivation<T>(_ vectors: KernelVectors, _: T.Type, beta: Double?) throws -> Activation<T> {
    let number = { (name: String) in vectors.number(name).map { T($0) } ?? 1 }
    switch vectors.op {
    case "elu": return .elu(alpha: number("alpha"))
    case "celu": return .celu(alpha: number("alpha"))
    case "gelu": return vectors.attributes?["approximate"]?.words == ["tanh"] ? .geluTanh : .gelu
    case "hardswish": return .hardSwish
    case "hardsigmoid": return .hardSigmoid()
    case "hardtanh": return .hardTanh()
    case "leaky_relu": return .leakyReLU(alpha: number("negative_slope"))
    case "logsigmoid": return .logSigmoid
    case "mish": return .mish
    case "relu6": return .relu6
    case "relu": return .relu
    case "selu": return .selu
    case "sigmoid": return .sigmoid
    case "silu": return .swish(beta: beta.map { T($0) } ?? number("beta"))
    case "softplus": return .softplus(beta: number("beta"))
    case "softsign": return .softsign
    default:
      try #require(vectors.op == "tanh", "an activation this test does not know: \(vectors.op)")
      return .tanh
    }
  }
}

extension KernelVectors {
  /// That each element of `got` is right for itself, as the README of the vectors asks of special inputs.
  ///
  /// - Parameter slack: what is allowed beyond that.
  func expectEach<T: KernelScalar>(
    _ got: Tensor<T>, at x: [Double], matches entry: TensorEntry, slack: [Double]
  ) throws {
    let isDouble = T.self == Double.self
    let (relative, tiny): (Double, Double) = isDouble ? (1e-12, 1e-300) : (1e-6, 1e-37)
    for (index, want) in try values(of: entry).enumerated() {
      let have = Double(got.elements[index])
      if entry.of != nil, kink_at?.contains(index) == true { continue }
      if entry.torch_f32_class_differs_at?.contains(index) == true { continue }
      // PyTorch's softplus is the identity from there on.
      if op == "softplus", let threshold = number("threshold"), x[index] * (number("beta") ?? 1) > threshold {
        continue
      }
      // There torch's convention is not the limit.
      if x[index].isInfinite && want.isNaN { continue }
      let truth = true_values?.first { $0.tensor == entry.name && $0.index == index }?.true.numbers.first
      let matches = [want, truth ?? want].contains { want in
        if want.isNaN || have.isNaN || want.isInfinite {
          return want.isNaN == have.isNaN && (want.isNaN || want == have)
        }
        let error = (have - want).magnitude
        let unit = Double(T(want).ulp)
        // True values are written with twelve digits.
        let digits = want == truth ? 5e-12 : 0
        return error <= max(4 * unit, max(relative, digits) * want.magnitude) + slack[index]
          || max(have.magnitude, want.magnitude) < tiny
      }
      #expect(matches, "\(name): \(entry.name)[\(index)] at \(x[index]) is \(have), not \(want)")
    }
  }
}
