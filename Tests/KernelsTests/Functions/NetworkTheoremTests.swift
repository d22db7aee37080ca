import KernelProperties
import Kernels
import Testing

/// What holds for networks of products and activations, by hand or by theorem.
@Suite("Networks of products and activations")
struct NetworkTheoremTests {
  @Test("A3: swish′ = s + βx s (1 − s) agrees with finite differences", arguments: [0.5, 1, 1.7, -2])
  func swishDerivative(beta: Double) throws {
    let h = 0x1p-18
    let x = stride(from: -8.0, through: 8, by: 0.03125).map { $0 }
    let value = { (x: [Double]) -> [Double] in
      var y = x
      var out = y.mutableSpan
      try activate(.swish(beta: beta), x.span, into: &out)
      return y
    }
    let (right, left) = (try value(x.map { $0 + h }), try value(x.map { $0 - h }))
    let ones = x.map { _ in 1.0 }
    var slope = ones
    var out = slope.mutableSpan
    try activateBackward(.swish(beta: beta), x.span, ones.span, into: &out)
    for index in x.indices {
      let difference = (right[index] - left[index]) / (2 * h)
      // Truncation h²/6 |f‴|, |f‴| <= β² (3/8 + |βx|/4) < 6 β² here; two values of 2 ULP each over 2 h.
      let limit = h * h * beta * beta * 6 + 2 * 0x1p-52 * max(x[index].magnitude, 1) / h
      #expect((slope[index] - difference).magnitude <= limit, "at \(x[index])")
    }
  }

  @Test(
    "L3: back-propagation of the worked example is exact, and its second step is a dead ReLU", arguments: ISA.available)
  func workedExample(isa: ISA) throws {
    let (x, y): ([Float], [Float]) = ([1, -1], [1, 0])
    var network = Network<Float>(
      weights: [[1, -1, 0, 1], [1, -1, 0, 1]], biases: [[1, 0], [1, 0]], widths: [2, 2, 2], activation: .relu, isa: isa)
    let first = try network.step(x, towards: y)
    #expect(first.sums == [[3, -1], [4, 0]])
    #expect(first.results == [[3, 0], [4, 0]])
    #expect(first.error == [3, 0])
    #expect(first.deltas == [[3, 0], [3, 0]])
    #expect(network.weights == [[-2, 2, 0, 1], [-8, -1, 0, 1]])
    #expect(network.biases == [[-2, 0], [-2, 0]])
    let second = try network.step(x, towards: y)
    #expect(second.sums == [[-6, -1], [-2, 0]])
    #expect(second.results == [[0, 0], [0, 0]])
    #expect(second.error == [-1, 0])
    #expect(second.deltas.allSatisfy { $0.allSatisfy { $0 == 0 } })
    #expect(network.weights == [[-2, 2, 0, 1], [-8, -1, 0, 1]])
  }

  @Test("L8: all-zero weights keep the hidden neurons of a layer identical for ever", arguments: ISA.available)
  func symmetry(isa: ISA) throws {
    var random = SplitMix64(seed: 8)
    let activations: [Activation<Float>] = [.sigmoid, .tanh, .silu, .gelu, .softplus(), .relu]
    for round in 0..<60 {
      let widths = [Int.random(in: 1...9, using: &random), Int.random(in: 2...40, using: &random), 3]
      var network = Network<Float>(
        weights: [.init(repeating: 0, count: widths[0] * widths[1]), .init(repeating: 0, count: widths[1] * 3)],
        biases: [.init(repeating: 0, count: widths[1]), [0, 0, 0]], widths: widths,
        activation: activations[round % activations.count], isa: isa)
      for _ in 0..<5 {
        let x = (0..<widths[0]).map { _ in Float.random(in: -1...1, using: &random) }
        _ = try network.step(x, towards: (0..<3).map { _ in Float.random(in: 0...1, using: &random) })
      }
      let firstRow = network.weights[0].prefix(widths[0]).map(\.bitPattern)
      for j in 0..<widths[1] {
        let row = network.weights[0][j * widths[0]..<(j + 1) * widths[0]].map(\.bitPattern)
        #expect(row == firstRow, "\(network.activation), neuron \(j) of \(widths[1])")
      }
    }
  }
}

/// A fully connected network for one sample at a time; plain gradient steps of length 1.
private struct Network<T: KernelScalar> {
  /// Row by row: neuron by neuron.
  var weights: [[T]]
  var biases: [[T]]
  let widths: [Int]
  let activation: Activation<T>
  let isa: ISA

  struct Trace {
    /// Of each layer, before and after the activation.
    var sums: [[T]] = []
    var results: [[T]] = []
    var error: [T] = []
    /// Of each layer.
    var deltas: [[T]] = []
  }

  mutating func step(_ x: [T], towards y: [T]) throws -> Trace {
    var trace = Trace()
    var input = x
    for layer in weights.indices {
      let sum = try product(weights[layer], layer, input, adding: biases[layer])
      trace.sums.append(sum)
      input = try applied(sum)
      trace.results.append(input)
    }
    trace.error = zip(input, y).map { $0 - $1 }
    var gradient = trace.error
    for layer in weights.indices.reversed() {
      var delta = gradient
      do {
        let operand = activation.backwardOperand == .x ? trace.sums[layer] : trace.results[layer]
        var out = delta.mutableSpan
        try activateBackward(activation, operand.span, inPlace: &out, isa: isa)
      }
      trace.deltas.insert(delta, at: 0)
      gradient = try product(weights[layer], layer, delta, transposed: true)
      let below = layer == 0 ? x : trace.results[layer - 1]
      try subtractOuterProduct(delta, below, from: layer)
    }
    return trace
  }

  private func applied(_ x: [T]) throws -> [T] {
    var y = x
    var out = y.mutableSpan
    try activate(activation, inPlace: &out, isa: isa)
    return y
  }

  private func product(
    _ w: [T], _ layer: Int, _ x: [T], adding bias: [T]? = nil, transposed: Bool = false
  ) throws -> [T] {
    let shape = MatrixShape(rows: widths[layer + 1], columns: widths[layer])
    let used = transposed ? shape.transposed : shape
    var y = bias ?? [T](repeating: 0, count: used.rows)
    var out = y.mutableSpan
    try gemm(
      w.span, used, x.span, MatrixShape(rows: used.columns, columns: 1), into: &out,
      MatrixShape(rows: used.rows, columns: 1), beta: 1, isa: isa)
    return y
  }

  private mutating func subtractOuterProduct(_ delta: [T], _ below: [T], from layer: Int) throws {
    var changed = weights[layer]
    do {
      var out = changed.mutableSpan
      try gemm(
        delta.span, below.span, into: &out, m: delta.count, n: below.count, k: 1, alpha: -1, beta: 1, isa: isa)
    }
    weights[layer] = changed
    biases[layer] = zip(biases[layer], delta).map { $0 - $1 }
  }
}
