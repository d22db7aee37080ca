import Foundation
import Kernels
import Testing

/// Inputs and outputs that other projects produced: ONNX's convolutions, PyTorch's with gradients.
@Suite("Conformance of convolution")
struct ConvolutionConformanceTests {
  @Test(
    "PyTorch convolution vectors pass, gradients included, by every algorithm that can",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try KernelVectors.all(in: "torch") {
      ["conv1d", "conv2d", "conv3d", "convt"].contains(where: $0.hasPrefix)
    },
    ISA.available)
  func torch(vectors: KernelVectors, isa: ISA) throws {
    try vectors.usesDouble ? checkTorch(vectors, Double.self, isa) : checkTorch(vectors, Float.self, isa)
  }

  @Test(
    "ONNX Conv and ConvTranspose vectors pass", .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try cases(of: ["Conv", "ConvTranspose"]), ISA.available)
  func onnx(vectors: KernelVectors, isa: ISA) throws {
    try vectors.usesDouble ? checkNode(vectors, Double.self, isa) : checkNode(vectors, Float.self, isa)
  }

  @Test(
    "ONNX causal convolutions with a state pass; half precision is skipped by name",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try cases(of: ["CausalConvWithState"]), ISA.available)
  func causal(vectors: KernelVectors, isa: ISA) throws {
    guard vectors.tensors.allSatisfy({ $0.dtype == "float32" }) else {
      print("skipped \(vectors.name): there are no kernels over \(vectors.tensors[0].dtype)")
      return
    }
    try checkCausal(vectors, isa)
  }

  private static func cases(of operations: [String]) throws -> [KernelVectors] {
    try KernelVectors.all(in: "onnx") { _ in true }.filter { vectors in
      vectors.nodes?.count == 1 && operations.contains(vectors.nodes?.first?.op ?? "")
    }
  }

  // MARK: PyTorch

  private func checkTorch<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    let tensor = { (name: String) -> Tensor<T> in try vectors.tensor(try #require(vectors.entry(name))) }
    let (x, w, dy) = (try tensor("x"), try tensor("w"), try tensor("dy"))
    let bias = try vectors.entry("b").map { _ in try tensor("b") }
    let list = { (name: String) in vectors.attributes?[name]?.numbers.map { Int($0) } ?? [] }
    var attributes = ConvolutionAttributes(stride: list("stride"), pads: list("pads"), dilation: list("dilation"))
    attributes.groups = list("groups").first ?? 1
    if vectors.name.hasPrefix("convt") {
      (attributes.isTransposed, attributes.outputPadding) = (true, list("output_padding"))
      attributes.pads = list("padding") + list("padding")
    }
    for algorithm in ConvolutionAlgorithm.allCases {
      guard
        let convolution = try? TensorConvolution<T>(attributes, x.shape, w.shape, algorithm: algorithm, isa: isa)
      else { continue }
      try vectors.expect(convolution.forward(x, w, bias: bias), matches: #require(vectors.entry("y")))
    }
    let convolution = try TensorConvolution<T>(attributes, x.shape, w.shape, isa: isa)
    try vectors.expect(
      convolution.backwardData(dy, w, shape: x.shape), matches: #require(vectors.entry("dx")))
    let (dw, db) = try convolution.backwardWeights(x, dy, shape: w.shape)
    try vectors.expect(dw, matches: #require(vectors.entry("dw")))
    if let entry = vectors.entry("db") { try vectors.expect(db, matches: entry) }
  }

  // MARK: ONNX

  private func checkNode<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    let node = try #require(vectors.nodes?.first)
    let operands: [Tensor<T>] = try node.inputs.compactMap { name in
      try name.map { try vectors.tensor(try #require(vectors.entry($0))) }
    }
    let (x, w) = (operands[0], operands[1])
    let output = try #require(vectors.tensors("output").first)
    let attributes = attributes(of: node, x.shape, w.shape, output.shape)
    let y = try TensorConvolution<T>(attributes, x.shape, w.shape, isa: isa)
      .forward(x, w, bias: operands.count > 2 ? operands[2] : nil)
    try vectors.expect(y, matches: output)
  }

  private func attributes(
    of node: KernelVectors.Node, _ x: [Int], _ w: [Int], _ output: [Int]
  ) -> ConvolutionAttributes {
    let axes = x.count - 2
    let list = { (name: String, missing: Int) -> [Int] in
      node.attributes[name]?.numbers.map { Int($0) } ?? Array(repeating: missing, count: axes)
    }
    var a = ConvolutionAttributes(stride: list("strides", 1), dilation: list("dilations", 1))
    a.pads = node.attributes["pads"]?.numbers.map { Int($0) } ?? Array(repeating: 0, count: 2 * axes)
    a.groups = Int(node.number("group") ?? 1)
    a.isTransposed = node.op == "ConvTranspose"
    a.outputPadding = a.isTransposed ? list("output_padding", 0) : []
    let auto = node.attributes["auto_pad"]?.words.first ?? "NOTSET"
    let derived = a.isTransposed && node.attributes["output_shape"] != nil
    guard auto.hasPrefix("SAME") || derived else { return a }
    for i in 0..<axes {
      let reach = a.dilation[i] * (w[i + 2] - 1) + 1
      // All the padding that gives the stated output; negative where the output is larger than without any.
      let total =
        a.isTransposed
        ? (x[i + 2] - 1) * a.stride[i] + a.outputPadding[i] + reach - output[i + 2]
        : max(0, (output[i + 2] - 1) * a.stride[i] + reach - x[i + 2])
      let less = total / 2
      let before = auto == "SAME_LOWER" ? total - less : less
      (a.pads[i], a.pads[i + axes]) = (max(before, 0), max(total - before, 0))
      if total < 0 { a.outputPadding[i] -= total }
    }
    return a
  }

  /// y = activation(valid depthwise convolution of the state and x, one after the other); the new state is the end of
  /// those.
  private func checkCausal(_ vectors: KernelVectors, _ isa: ISA) throws {
    let node = try #require(vectors.nodes?.first)
    let operand = { (index: Int) -> Tensor<Float>? in
      guard node.inputs.count > index, let name = node.inputs[index] else { return nil }
      return try vectors.tensor(try #require(vectors.entry(name)))
    }
    let (x, w) = (try #require(try operand(0)), try #require(try operand(1)))
    let (batch, channels, steps, reach) = (x.shape[0], x.shape[1], x.shape[2], w.shape[2] - 1)
    let past = try operand(3)?.elements ?? .init(repeating: 0, count: batch * channels * reach)
    var (all, last) = ([Float](), [Float]())
    for row in 0..<batch * channels {
      let history = past[row * reach..<(row + 1) * reach] + x.elements[row * steps..<(row + 1) * steps]
      all += history
      last += history.suffix(reach)
    }
    let joined = Tensor(shape: [batch, channels, reach + steps], elements: all)
    let isSiLU = ["silu", "swish"].contains(node.attributes["activation"]?.words.first ?? "none")
    let y = try TensorConvolution<Float>(
      ConvolutionAttributes(groups: channels), joined.shape, w.shape, activation: isSiLU ? .silu : .identity, isa: isa
    ).forward(joined, w, bias: operand(2))
    let outputs = vectors.tensors("output")
    try vectors.expect(y, matches: outputs[0])
    try vectors.expect(Tensor(shape: [batch, channels, reach], elements: last), matches: outputs[1])
  }
}
