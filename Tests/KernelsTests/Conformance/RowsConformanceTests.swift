import Foundation
import Kernels
import Testing

/// Softmax, its logarithm and the cross-entropy of ONNX and PyTorch, with their gradients; ONNX's Hardmax, which is
/// argMax, and LpNormalization, which divides by a norm.
@Suite("Conformance of rows")
struct RowsConformanceTests {
  @Test(
    "ONNX Softmax, LogSoftmax, Hardmax, LpNormalization and SoftmaxCrossEntropyLoss vectors pass",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"), arguments: try graphs(), ISA.available)
  func onnxGraphs(vectors: KernelVectors, isa: ISA) throws { try checkNode(vectors, isa) }

  @Test(
    "PyTorch softmax, log_softmax and cross_entropy vectors pass, gradients included",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"), arguments: try torch(), ISA.available)
  func torchVectors(vectors: KernelVectors, isa: ISA) throws {
    vectors.usesDouble ? try check(vectors, Double.self, isa) : try check(vectors, Float.self, isa)
  }

  @Test(
    "ONNX NegativeLogLikelihoodLoss vectors pass: products with what weighs the classes, and their sum",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try KernelVectors.all(in: "onnx") { $0.hasPrefix("onnx_nllloss_") }, ISA.available)
  func onnxLikelihoods(vectors: KernelVectors, isa: ISA) throws {
    let node = try #require(vectors.nodes?.first)
    let inputs: [Tensor<Float>] = try node.inputs.compactMap { $0 }.map {
      try vectors.tensor(try #require(vectors.entry($0)))
    }
    let (x, targets) = (inputs[0], inputs[1].elements.map { Int($0) })
    let shape = AxisShape(of: x.shape, axis: 1)
    let ignored = node.number("ignore_index").map { Int($0) }
    var factors = [Float](repeating: 0, count: x.elements.count)
    var weights = [Float](repeating: 0, count: targets.count)
    for (row, target) in targets.enumerated() where target != ignored {
      weights[row] = inputs.count > 2 ? inputs[2].elements[target] : 1
      let place = row / shape.inner * shape.outerStride + row % shape.inner * shape.innerStride
      factors[place + target * shape.stride] = -weights[row]
    }
    var losses = Tensor<Float>(shape: inputs[1].shape, elements: .init(repeating: .nan, count: targets.count))
    var out = losses.elements.mutableSpan
    try dot(x.elements.span, shape, factors.span, into: &out, isa: isa)
    let reduction = node.attributes["reduction"]?.words.first ?? "mean"
    if reduction != "none" {
      let all = AxisShape(rows: 1, columns: targets.count)
      var sums: [Float] = [.nan, .nan]
      for (index, elements) in [losses.elements, weights].enumerated() {
        var sum: [Float] = [.nan]
        var result = sum.mutableSpan
        try reduce(elements.span, all, .sum, into: &result, isa: isa)
        sums[index] = sum[0]
      }
      losses = Tensor(shape: [], elements: [reduction == "sum" ? sums[0] : sums[0] / sums[1]])
    }
    try vectors.expect(losses, matches: try #require(node.outputs[0].flatMap { vectors.entry($0) }))
  }

  // MARK: The vectors

  private static func graphs() throws -> [KernelVectors] {
    let ops = ["Softmax", "LogSoftmax", "Hardmax", "LpNormalization", "SoftmaxCrossEntropyLoss"]
    return try KernelVectors.all(in: "onnx") { _ in true }
      .filter { ops.contains($0.op) && $0.nodes?.count == 1 && $0.tensors.first?.dtype == "float32" }
  }

  private static func torch() throws -> [KernelVectors] {
    try KernelVectors.all(in: "torch") { name in
      ["softmax_", "log_softmax_", "cross_entropy_"].contains { name.hasPrefix($0) }
    }
  }

  // MARK: Running them

  private func checkNode(_ vectors: KernelVectors, _ isa: ISA) throws {
    let node = try #require(vectors.nodes?.first)
    let inputs: [Tensor<Float>] = try node.inputs.compactMap { $0 }.map {
      try vectors.tensor(try #require(vectors.entry($0)))
    }
    let x = inputs[0]
    let isLoss = node.op == "SoftmaxCrossEntropyLoss"
    let shape = AxisShape(of: x.shape, axis: isLoss ? 1 : Int(node.number("axis") ?? -1))
    var results: [Tensor<Float>] = []
    switch node.op {
    case "Softmax", "LogSoftmax": results = [try softmaxed(x, shape, log: node.op == "LogSoftmax", isa)]
    case "Hardmax": results = [try hardmax(x, shape, isa)]
    case "LpNormalization": results = [try normalized(x, shape, node.number("p") == 1 ? .l1Norm : .l2Norm, isa)]
    default:
      let reduction = node.attributes["reduction"]?.words.first ?? "mean"
      let ignored = node.number("ignore_index").map { Int($0) } ?? -100
      let targets = inputs[1].elements.map { Int($0) }
      let classWeights = inputs.count > 2 ? inputs[2].elements : nil
      if reduction == "none" {
        var losses = Tensor<Float>(shape: inputs[1].shape, elements: .init(repeating: .nan, count: targets.count))
        var out = losses.elements.mutableSpan
        try crossEntropyLosses(
          x.elements.span, shape, targets: targets.span, ignored: ignored, weights: classWeights?.span, into: &out,
          isa: isa)
        results = [losses]
      } else {
        let loss = try crossEntropy(
          x.elements.span, shape, targets: targets.span, ignored: ignored, weights: classWeights?.span,
          reduction: reduction == "sum" ? .sum : .mean, isa: isa)
        results = [Tensor(shape: [], elements: [loss])]
      }
      results.append(try softmaxed(x, shape, log: true, isa))
    }
    for (name, result) in zip(node.outputs, results) {
      guard let name else { continue }
      try vectors.expect(result, matches: try #require(vectors.entry(name)))
    }
  }

  private func check<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    let tensor = { (name: String) -> Tensor<T> in try vectors.tensor(try #require(vectors.entry(name))) }
    let x = try tensor("x")
    var dx = Tensor<T>(shape: x.shape, elements: .init(repeating: .nan, count: x.elements.count))
    var out = dx.elements.mutableSpan
    if vectors.op == "cross_entropy" {
      let targets = try vectors.values(of: #require(vectors.entry("target"))).map { Int($0) }
      let reduction = vectors.attributes?["reduction"]?.words.first == "sum" ? LossReduction.sum : .mean
      let loss = try crossEntropy(
        x.elements.span, AxisShape(of: x.shape, axis: 1), targets: targets.span, reduction: reduction,
        upstream: tensor("dloss").elements[0], gradient: &out, isa: isa)
      try vectors.expect(Tensor(shape: [], elements: [loss]), matches: #require(vectors.entry("loss")))
    } else {
      let log = vectors.op == "log_softmax"
      let shape = AxisShape(of: x.shape, axis: Int(try #require(vectors.number("axis"))))
      let (y, dy) = (try softmaxed(x, shape, log: log, isa), try tensor("dy"))
      log
        ? try logSoftmaxBackward(y.elements.span, dy.elements.span, into: &out, shape, isa: isa)
        : try softmaxBackward(y.elements.span, dy.elements.span, into: &out, shape, isa: isa)
      try vectors.expect(y, matches: #require(vectors.entry("y")))
    }
    try vectors.expect(dx, matches: #require(vectors.entry("dx")))
  }

  private func softmaxed<T: KernelScalar>(_ x: Tensor<T>, _ shape: AxisShape, log: Bool, _ isa: ISA) throws -> Tensor<T>
  {
    var y = Tensor<T>(shape: x.shape, elements: .init(repeating: .nan, count: x.elements.count))
    var out = y.elements.mutableSpan
    log
      ? try logSoftmax(x.elements.span, shape, into: &out, isa: isa)
      : try softmax(x.elements.span, shape, into: &out, isa: isa)
    return y
  }

  private func hardmax(_ x: Tensor<Float>, _ shape: AxisShape, _ isa: ISA) throws -> Tensor<Float> {
    var places = [Int](repeating: -1, count: shape.rows)
    var out = places.mutableSpan
    try argMax(x.elements.span, shape, into: &out, isa: isa)
    var y = Tensor<Float>(shape: x.shape, elements: .init(repeating: 0, count: x.elements.count))
    for (r, place) in places.enumerated() { y.elements[index(shape, r) + place * shape.stride] = 1 }
    return y
  }

  private func normalized(
    _ x: Tensor<Float>, _ shape: AxisShape, _ norm: Reduction, _ isa: ISA
  ) throws -> Tensor<Float> {
    var norms = [Float](repeating: 0, count: shape.rows)
    var out = norms.mutableSpan
    try reduce(x.elements.span, shape, norm, into: &out, isa: isa)
    var y = x
    // A row of zeros stays one.
    for (r, norm) in norms.enumerated() where norm > 0 {
      for j in 0..<shape.count { y.elements[index(shape, r) + j * shape.stride] /= norm }
    }
    return y
  }

  private func index(_ shape: AxisShape, _ row: Int) -> Int {
    row / shape.inner * shape.outerStride + row % shape.inner * shape.innerStride
  }
}
