import Foundation
import Kernels
import Testing

/// Inputs and outputs that other projects produced: ONNX's poolings, PyTorch's with indices and gradients.
@Suite("Conformance of pooling")
struct PoolingConformanceTests {
  private static let operations = [
    "MaxPool", "AveragePool", "LpPool", "GlobalMaxPool", "GlobalAveragePool", "MaxUnpool",
  ]

  @Test(
    "ONNX pooling vectors pass", .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try KernelVectors.all(in: "onnx") { _ in true }.filter { operations.contains($0.op) }, ISA.available)
  func onnx(vectors: KernelVectors, isa: ISA) throws {
    try vectors.usesDouble ? checkNode(vectors, Double.self, isa) : checkNode(vectors, Float.self, isa)
  }

  @Test(
    "PyTorch pooling vectors pass, indices and gradients included",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try KernelVectors.all(in: "torch") { $0.hasPrefix("maxpool") || $0.hasPrefix("avgpool") }, ISA.available)
  func torch(vectors: KernelVectors, isa: ISA) throws {
    try vectors.usesDouble ? checkTorch(vectors, Double.self, isa) : checkTorch(vectors, Float.self, isa)
  }

  @Test(
    "PyTorch unpooling vectors pass, gradients included",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try KernelVectors.all(in: "torch") { $0.hasPrefix("maxunpool") })
  func torchUnpooling(vectors: KernelVectors) throws {
    try vectors.usesDouble ? checkUnpooling(vectors, Double.self) : checkUnpooling(vectors, Float.self)
  }

  // MARK: ONNX

  private func checkNode<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    let nodes = try #require(vectors.nodes)
    let node = try #require(nodes.first { Self.operations.contains($0.op) })
    var x: Tensor<T> = try vectors.tensor(try #require(vectors.tensors("input").first))
    guard node.op != "MaxUnpool" else { return try checkUnpool(vectors, node, x) }
    // A graph may add a dimension of 1 before and take it away again.
    let axes = node.attributes["kernel_shape"]?.numbers.count ?? x.shape.count - 2
    x.shape += Array(repeating: 1, count: axes + 2 - x.shape.count)
    let pooling = try nodePooling(node, x.shape)
    let output = try pooling.outputSize
    let shape = Array(x.shape[..<2]) + [output.x, output.y, output.z].suffix(x.shape.count - 2)
    var y = Tensor<T>(shape: shape, elements: .init(repeating: .nan, count: shape.reduce(1, *)))
    var indices = [Int32](repeating: 0, count: y.elements.count)
    var out = y.elements.mutableSpan
    var found = indices.mutableSpan
    if pooling.kind == .max {
      try pool(x.elements.span, pooling, into: &out, indices: &found, isa: isa)
    } else {
      try pool(x.elements.span, pooling, into: &out, isa: isa)
    }
    let outputs = vectors.tensors("output")
    if nodes.count > 1 { y.shape = outputs[0].shape }
    try vectors.expect(y, matches: outputs[0])
    guard outputs.count > 1 else { return }
    // ONNX counts through the whole tensor.
    let plane = x.shape[2...].reduce(1, *)
    let count = y.elements.count / (x.shape[0] * x.shape[1])
    let flat = indices.enumerated().map { Double($1) + Double($0 / count * plane) }
    #expect(try flat == vectors.values(of: outputs[1]))
  }

  private func checkUnpool<T: KernelScalar>(
    _ vectors: KernelVectors, _ node: KernelVectors.Node, _ x: Tensor<T>
  ) throws {
    let indices = try vectors.values(of: vectors.tensors("input")[1]).map { Int32($0) }
    let entry = try #require(vectors.tensors("output").first)
    var y = Tensor<T>(shape: entry.shape, elements: .init(repeating: .nan, count: entry.shape.reduce(1, *)))
    var out = y.elements.mutableSpan
    let shape = Unpooling(
      channels: 1, inputs: x.shape[2...].reduce(1, *), outputs: entry.shape[2...].reduce(1, *), layout: .channelsFirst)
    try unpool(x.elements.span, indices: indices.span, shape, into: &out)
    try vectors.expect(y, matches: entry)
  }

  private func nodePooling(_ node: KernelVectors.Node, _ shape: [Int]) throws -> Pooling {
    let axes = shape.count - 2
    let list = { (name: String, missing: Int) -> [Int] in
      (node.attributes[name]?.numbers.map { Int($0) }) ?? Array(repeating: missing, count: axes)
    }
    let input = Array(shape[2...])
    let kernel = node.op.hasPrefix("Global") ? input : list("kernel_shape", 1)
    let (stride, dilation) = (list("strides", 1), list("dilations", 1))
    let pads = node.attributes["pads"]?.numbers.map { Int($0) } ?? Array(repeating: 0, count: 2 * axes)
    var (before, after) = (Array(pads[..<axes]), Array(pads[axes...]))
    let auto = node.attributes["auto_pad"]?.words.first ?? "NOTSET"
    if auto.hasPrefix("SAME") {
      for i in 0..<axes {
        let outputs = (input[i] + stride[i] - 1) / stride[i]
        let total = max(0, (outputs - 1) * stride[i] + dilation[i] * (kernel[i] - 1) + 1 - input[i])
        before[i] = auto == "SAME_UPPER" ? total / 2 : (total + 1) / 2
        after[i] = total - before[i]
      }
    }
    let kind: Pooling.Kind =
      switch node.op {
      case "MaxPool", "GlobalMaxPool": .max
      case "LpPool": .lp(exponent: Int(node.number("p") ?? 2))
      default: .average(countsPadding: node.number("count_include_pad") == 1)
      }
    let wide = { (x: [Int], filler: Int) in
      let all = Array(repeating: filler, count: 3 - axes) + x
      return SIMD3(all[0], all[1], all[2])
    }
    return Pooling(
      kind, batch: shape[0], channels: shape[1], input: wide(input, 1), kernel: wide(kernel, 1),
      stride: wide(stride, 1), dilation: wide(dilation, 1), padBefore: wide(before, 0), padAfter: wide(after, 0),
      roundsUp: node.number("ceil_mode") == 1, layout: .channelsFirst)
  }

  // MARK: PyTorch

  private func checkTorch<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    let tensor = { (name: String) -> Tensor<T> in try vectors.tensor(try #require(vectors.entry(name))) }
    let (x, dy) = (try tensor("x"), try tensor("dy"))
    let pair = { (name: String, missing: Int) -> SIMD2<Int> in
      let numbers = vectors.attributes?[name]?.numbers.map { Int($0) } ?? [missing, missing]
      return SIMD2(numbers[0], numbers[numbers.count - 1])
    }
    let isMaximum = vectors.name.hasPrefix("max")
    let divisor = vectors.number("divisor_override") ?? 0
    let pooling = Pooling(
      isMaximum
        ? .max
        : .average(
          countsPadding: vectors.number("count_include_pad") == 1, divisor: divisor == 0 ? nil : Int(divisor)),
      batch: x.shape[0], channels: x.shape[1], input: SIMD2(x.shape[2], x.shape[3]), kernel: pair("kernel", 1),
      stride: pair("stride", 1), dilation: pair("dilation", 1), padding: pair("padding", 0),
      roundsUp: vectors.number("ceil_mode") == 1, layout: .channelsFirst)
    var y = Tensor<T>(shape: dy.shape, elements: .init(repeating: .nan, count: dy.elements.count))
    var dx = Tensor<T>(shape: x.shape, elements: .init(repeating: .nan, count: x.elements.count))
    var indices = [Int32](repeating: 0, count: dy.elements.count)
    var out = y.elements.mutableSpan
    var back = dx.elements.mutableSpan
    var found = indices.mutableSpan
    if isMaximum {
      try pool(x.elements.span, pooling, into: &out, indices: &found, isa: isa)
      try poolBackward(dy.elements.span, indices: indices.span, pooling, into: &back, isa: isa)
      #expect(try indices.map { Double($0) } == vectors.values(of: #require(vectors.entry("indices"))))
    } else {
      try pool(x.elements.span, pooling, into: &out, isa: isa)
      try poolBackward(dy.elements.span, pooling, into: &back, isa: isa)
    }
    try vectors.expect(y, matches: #require(vectors.entry("y")))
    try vectors.expect(dx, matches: #require(vectors.entry("dx")))
  }

  private func checkUnpooling<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type) throws {
    let tensor = { (name: String) -> Tensor<T> in try vectors.tensor(try #require(vectors.entry(name))) }
    let (x, dy) = (try tensor("x"), try tensor("dy"))
    let indices = try vectors.values(of: #require(vectors.entry("indices"))).map { Int32($0) }
    let shape = Unpooling(
      batch: x.shape[0], channels: x.shape[1], inputs: x.shape[2] * x.shape[3], outputs: dy.shape[2] * dy.shape[3],
      layout: .channelsFirst)
    var y = Tensor<T>(shape: dy.shape, elements: .init(repeating: .nan, count: dy.elements.count))
    var dx = Tensor<T>(shape: x.shape, elements: .init(repeating: .nan, count: x.elements.count))
    var out = y.elements.mutableSpan
    var back = dx.elements.mutableSpan
    try unpool(x.elements.span, indices: indices.span, shape, into: &out)
    try unpoolBackward(dy.elements.span, indices: indices.span, shape, into: &back)
    try vectors.expect(y, matches: #require(vectors.entry("y")))
    try vectors.expect(dx, matches: #require(vectors.entry("dx")))
  }
}
