import Kernels
import Testing

/// Blocks of networks that PyTorch ran: bottlenecks, Inception, split-transform-merge, with all gradients.
@Suite("Conformance of blocks")
struct BlockConformanceTests {
  @Test(
    "PyTorch blocks pass, forward and backward", .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try KernelVectors.all(in: "torch") { $0.hasPrefix("block_") }, ISA.available)
  func blocks(vectors: KernelVectors, isa: ISA) throws {
    try vectors.usesDouble ? check(vectors, Double.self, isa) : check(vectors, Float.self, isa)
  }

  @Test(
    "P2: paths that are summed are a grouped convolution between two dense ones",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try KernelVectors.all(in: "torch") { $0.hasPrefix("block_split_transform_merge") }, ISA.available)
  func paths(vectors: KernelVectors, isa: ISA) throws {
    try vectors.usesDouble ? checkGrouped(vectors, Double.self, isa) : checkGrouped(vectors, Float.self, isa)
  }

  private func inputs<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type) throws -> [String: Tensor<T>] {
    try Dictionary(uniqueKeysWithValues: vectors.tensors("input").map { ($0.name, try vectors.tensor($0)) })
  }

  private func check<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    var tape = Tape<T>(try inputs(vectors, T.self), isa: isa)
    for node in try #require(vectors.nodes) { try run(node, on: &tape) }
    let output = try #require(vectors.tensors("output").first)
    try vectors.expect(try #require(tape.values[output.name]), matches: output)
    try tape.backward(vectors.tensor(#require(vectors.tensors("grad_output").first)), of: output.name)
    for entry in vectors.tensors("grad") {
      let input = try #require(entry.of)
      try vectors.expect(try #require(tape.gradients[input]), matches: entry)
    }
  }

  private func run<T: KernelScalar>(_ node: KernelVectors.Node, on tape: inout Tape<T>) throws {
    let inputs = node.inputs.compactMap { $0 }
    let output = try #require(node.outputs.first.flatMap { $0 })
    let list = { (name: String) in node.attributes[name]?.numbers.map { Int($0) } ?? [] }
    let pair = { (name: String) in SIMD2(list(name)[0], list(name)[1]) }
    switch node.op {
    case "conv2d":
      let attributes = ConvolutionAttributes(
        stride: list("stride"), pads: list("pads"), dilation: list("dilation"), groups: list("groups")[0])
      try tape.convolution(inputs[0], inputs[1], inputs.count > 2 ? inputs[2] : nil, attributes, as: output)
    case "batch_norm":
      try tape.batchNormalization(
        inputs[0], inputs[1], inputs[2], epsilon: T(try #require(node.number("eps"))), as: output)
    case "relu": try tape.relu(inputs[0], as: output)
    case "add": try tape.add(inputs, as: output)
    case "concat": try tape.concatenate(inputs, as: output)
    default:
      try #require(node.op == "max_pool2d", "an operation this test does not know: \(node.op)")
      try tape.maxPool(
        inputs[0], kernel: pair("kernel"), stride: pair("stride"), padding: pair("padding"), as: output)
    }
  }

  /// y = x + Σ of paths 1x1, 3x3, 1x1 each: the first layers side by side are one dense layer, the second a grouped one,
  /// and the last, whose outputs are summed, one dense layer again.
  private func checkGrouped<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    let tensors = try inputs(vectors, T.self)
    let convolutions = try #require(vectors.nodes).filter { $0.op == "conv2d" }
    let layer = { (place: Int) in
      stride(from: place, to: convolutions.count, by: 3).map { index -> (w: Tensor<T>, b: Tensor<T>) in
        (tensors[convolutions[index].inputs[1]!]!, tensors[convolutions[index].inputs[2]!]!)
      }
    }
    let (first, second, third) = (layer(0), layer(1), layer(2))
    let beside = { (parts: [Tensor<T>], shape: [Int]) in
      Tensor<T>(shape: [shape[0] * parts.count] + shape.dropFirst(), elements: parts.flatMap(\.elements))
    }
    let (x, paths, width) = (tensors["x"]!, first.count, first[0].w.shape[0])
    let y1 = try TensorConvolution<T>(
      ConvolutionAttributes(), x.shape, [paths * width, x.shape[1], 1, 1], activation: .relu, isa: isa
    ).forward(x, beside(first.map(\.w), first[0].w.shape), bias: beside(first.map(\.b), [width]))
    let y2 = try TensorConvolution<T>(
      ConvolutionAttributes(pads: [1, 1, 1, 1], groups: paths), y1.shape, [paths * width, width, 3, 3],
      activation: .relu, isa: isa
    ).forward(y1, beside(second.map(\.w), second[0].w.shape), bias: beside(second.map(\.b), [width]))
    // Filter f of the merged layer has the weights of filter f of every path, one after the other.
    let filters = third[0].w.shape[0]
    let weights = (0..<filters).flatMap { f in third.flatMap { $0.w.elements[f * width..<(f + 1) * width] } }
    let bias = (0..<filters).map { f in third.reduce(T(0)) { $0 + $1.b.elements[f] } }
    let y = try TensorConvolution<T>(
      ConvolutionAttributes(), y2.shape, [filters, paths * width, 1, 1], isa: isa
    ).forward(
      y2, Tensor(shape: [filters, paths * width, 1, 1], elements: weights),
      bias: Tensor(shape: [filters], elements: bias), residual: x)
    try vectors.expect(y, matches: #require(vectors.tensors("output").first))
  }
}
