import Foundation
import Kernels
import Testing

/// PyTorch's SGD step by step, its dropout with the mask that it drew, and the optimisers of ONNX.
@Suite("Conformance of optimisers and dropout")
struct TrainingConformanceTests {
  @Test(
    "PyTorch SGD vectors pass", .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try KernelVectors.all(in: "torch") { $0.hasPrefix("sgd_") }, ISA.available)
  func torchSGD(vectors: KernelVectors, isa: ISA) throws {
    try vectors.usesDouble ? checkSGD(vectors, Double.self, isa) : checkSGD(vectors, Float.self, isa)
  }

  @Test(
    "PyTorch dropout vectors pass", .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try KernelVectors.all(in: "torch") { $0.hasPrefix("dropout_") }, ISA.available)
  func torchDropout(vectors: KernelVectors, isa: ISA) throws {
    try vectors.usesDouble ? checkDropout(vectors, Double.self, isa) : checkDropout(vectors, Float.self, isa)
  }

  @Test(
    "ONNX Adam, Adagrad and Momentum vectors pass",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try KernelVectors.all(in: "onnx") { _ in true }.filter {
      ["Adam", "Adagrad", "Momentum"].contains($0.op)
    },
    ISA.available)
  func onnxOptimizers(vectors: KernelVectors, isa: ISA) throws { try checkONNX(vectors, isa) }

  @Test(
    "ONNX Dropout vectors that drop nothing pass",
    .enabled(if: KernelVectors.folder != nil, "\(KernelVectors.absence)"),
    arguments: try KernelVectors.all(in: "onnx") { name in
      ["onnx_training_dropout_zero", "onnx_dropout_default"].contains { name.hasPrefix($0) }
    }, ISA.available)
  func onnxDropout(vectors: KernelVectors, isa: ISA) throws {
    var y: Tensor<Float> = try vectors.tensor(#require(vectors.entry("x")))
    var out = y.elements.mutableSpan
    try dropout(inPlace: &out, p: 0, from: RandomSource(seed: 0), isa: isa)
    try vectors.expect(y, matches: #require(vectors.entry("y")))
  }

  // MARK: Running them

  private func checkSGD<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    let tensor = { (name: String) -> Tensor<T> in try vectors.tensor(try #require(vectors.entry(name))) }
    var (p, g) = (try tensor("p0").elements, try tensor("g").elements)
    let (n, rates) = (p.count, try #require(vectors.attributes?["lr_per_step"]).numbers)
    var velocity = [T](repeating: .nan, count: n)
    var (parameters, velocities) = ([T](), [T]())
    for (index, rate) in rates.enumerated() {
      let sgd = SGD(
        learningRate: rate, momentum: vectors.number("momentum") ?? 0, dampening: vectors.number("dampening") ?? 0,
        weightDecay: vectors.number("weight_decay") ?? 0,
        nesterov: vectors.number("nesterov") == 1)
      var out = p.mutableSpan
      var state = velocity.mutableSpan
      let gradient = g.prefix(n)
      try sgd.update(&out, gradient: Array(gradient).span, velocity: &state, step: index + 1, isa: isa)
      g.removeFirst(n)
      parameters += p
      velocities += velocity
    }
    let shape = [rates.count, n]
    try vectors.expect(Tensor(shape: shape, elements: parameters), matches: #require(vectors.entry("p")))
    if let entry = vectors.entry("momentum_buffer") {
      try vectors.expect(Tensor(shape: shape, elements: velocities), matches: entry)
    }
  }

  /// Each element from a place of a sequence where the kernel decides as PyTorch's mask did.
  private func checkDropout<T: KernelScalar>(_ vectors: KernelVectors, _: T.Type, _ isa: ISA) throws {
    let p = try #require(vectors.number("p"))
    var mask = [T](repeating: 0, count: 1000)
    var out = mask.mutableSpan
    try randomBernoulli(into: &out, probability: p, from: RandomSource(seed: 1), isa: isa)
    let place = { (kept: Bool) in RandomSource(seed: 1).advanced(by: mask.firstIndex { ($0 == 0) == kept }!) }
    let keeps: Tensor<T> = try vectors.tensor(#require(vectors.entry("mask")))
    for (input, output) in [("x", "y"), ("dy", "dx")] {
      var values: Tensor<T> = try vectors.tensor(#require(vectors.entry(input)))
      for index in values.elements.indices {
        var element = [values.elements[index]]
        var one = element.mutableSpan
        try dropout(inPlace: &one, p: p, from: place(keeps.elements[index] == 1), isa: isa)
        values.elements[index] = element[0]
      }
      try vectors.expect(values, matches: #require(vectors.entry(output)))
    }
  }

  /// One step of each tensor that the node updates: inputs R, T, then all X, all G and the states.
  private func checkONNX(_ vectors: KernelVectors, _ isa: ISA) throws {
    let node = try #require(vectors.nodes?.first)
    let names = node.inputs.compactMap { $0 }
    let states = node.op == "Adam" ? 2 : 1
    let count = (names.count - 2) / (2 + states)
    let scalar = { (name: String) in try vectors.values(of: #require(vectors.entry(name)))[0] }
    let (rate, t) = (try scalar(names[0]), Int(try scalar(names[1])))
    for index in 0..<count {
      var tensors: [Tensor<Float>] = try (0..<2 + states).map {
        try vectors.tensor(#require(vectors.entry(names[2 + index + $0 * count])))
      }
      try step(node, rate, t, &tensors, isa)
      let results = [tensors[0]] + tensors[2...]
      for (place, result) in results.enumerated() {
        let output = node.outputs[index + place * count] ?? ""
        try vectors.expect(result, matches: #require(vectors.entry(output)))
      }
    }
  }

  private func step(
    _ node: KernelVectors.Node, _ rate: Double, _ t: Int, _ x: inout [Tensor<Float>], _ isa: ISA
  ) throws {
    let decay = node.number("norm_coefficient") ?? 0
    let g = x[1].elements
    var (p, first) = (x[0].elements, x[2].elements)
    var second = x.count > 3 ? x[3].elements : []
    do {
      var out = p.mutableSpan
      var a = first.mutableSpan
      var b = second.mutableSpan
      switch node.op {
      case "Adam":
        // ONNX's T counts the steps done, and corrects no bias at 0; PyTorch's counts this one too.
        let (alpha, beta) = (node.number("alpha") ?? 0.9, node.number("beta") ?? 0.999)
        let epsilon = node.number("epsilon") ?? 1e-6
        // Undoes the corrections of step 1: rate / (1 - alpha) and sqrt(v) / sqrt(1 - beta).
        let root = (1 - beta).squareRoot()
        let corrected = t > 0 ? rate * (1 - power(beta, t)).squareRoot() / (1 - power(alpha, t)) : rate
        let adam = Adam(
          learningRate: corrected * (1 - alpha) / root, beta1: alpha, beta2: beta, epsilon: epsilon / root,
          weightDecay: decay)
        try adam.update(&out, gradient: g.span, mean: &a, square: &b, step: 1, isa: isa)
      case "Adagrad":
        let adagrad = Adagrad(
          learningRate: rate, learningRateDecay: node.number("decay_factor") ?? 0,
          epsilon: node.number("epsilon") ?? 1e-6, weightDecay: decay)
        try adagrad.update(&out, gradient: g.span, square: &a, step: t + 1, isa: isa)
      default:
        // beta scales the gradient from step 1 on: the dampening is 1 - beta.
        let beta = t > 0 ? node.number("beta") ?? 1 : 1
        let sgd = SGD(
          learningRate: rate, momentum: node.number("alpha") ?? 0, dampening: 1 - beta, weightDecay: decay)
        try sgd.update(&out, gradient: g.span, velocity: &a, step: 2, isa: isa)
      }
    }
    (x[0].elements, x[2].elements) = (p, first)
    if x.count > 3 { x[3].elements = second }
  }

  private func power(_ x: Double, _ count: Int) -> Double { pow(x, Double(count)) }
}
