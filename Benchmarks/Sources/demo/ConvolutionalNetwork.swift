import Kernels

/// Two convolutions with max-pooling, a residual block of two more, dropout, a dense layer, softmax and cross-entropy.
struct ConvolutionalNetwork: Network {
  static let title = "convolutional network"

  let sgd = SGD(learningRate: 0.05, momentum: 0.9, weightDecay: 0.0005)
  let warmUp = 0.1
  let dropped = 0.25
  /// The most rows of one batch.
  let rows: Int
  var first: ConvolutionLayer
  private var pool1: MaxPoolLayer
  var second: ConvolutionLayer
  private var pool2: MaxPoolLayer
  var inner: ConvolutionLayer
  /// Its output, before ReLU, has the input of `inner` added; starts small, so that the block starts near the identity.
  var outer: ConvolutionLayer
  var dense: Dense
  private let seed: UInt64
  private var input: [Float]
  /// How much the last forward pass dropped, and in which step.
  private var drops = (p: 0.0, step: 1)

  init(rows: Int, seed: UInt64) throws(KernelError) {
    self.rows = rows
    self.seed = seed
    let (side, channels) = (FashionMNIST.side, 32)
    let source = { (stream: UInt64) in RandomSource(seed: seed, stream: stream) }
    first = try ConvolutionLayer(
      channels: 1, filters: 16, kernel: 5, side: side, rows: rows, from: source(0))
    pool1 = MaxPoolLayer(channels: 16, side: side, rows: rows)
    second = try ConvolutionLayer(
      channels: 16, filters: channels, kernel: 3, side: side / 2, rows: rows, from: source(1))
    pool2 = MaxPoolLayer(channels: channels, side: side / 2, rows: rows)
    inner = try ConvolutionLayer(
      channels: channels, filters: channels, kernel: 3, side: side / 4, rows: rows, from: source(2))
    outer = try ConvolutionLayer(
      channels: channels, filters: channels, kernel: 3, side: side / 4, gain: 0.5, rows: rows, from: source(3))
    dense = try Dense(
      inputs: side / 4 * side / 4 * channels, outputs: FashionMNIST.classes.count, activation: .identity, rows: rows,
      from: source(4))
    input = [Float](repeating: 0, count: rows * FashionMNIST.pixels)
  }

  var summary: String {
    "5x5 to 16 - pool - 3x3 to \(second.geometry.filters) - pool - residual block of two 3x3 - dropout - dense"
  }

  static var convolutions: [WritableKeyPath<Self, ConvolutionLayer>] { [\.first, \.second, \.inner, \.outer] }

  private var convolutions: [ConvolutionLayer] { Self.convolutions.map { self[keyPath: $0] } }

  var parameters: [[Float]] {
    convolutions.flatMap { [$0.weights.value, $0.bias.value] } + [dense.weights.value, dense.bias.value]
  }

  /// Forward, dW of every layer and dX of all but the first.
  var trainingOperations: Double {
    3 * (convolutions.reduce(0) { $0 + $1.operations } + dense.operations) - first.operations
  }

  /// What decides which outputs a step drops: a stream beside those of the first weights.
  private var mask: RandomSource {
    RandomSource(seed: seed, stream: 5).advanced(by: (drops.step - 1) * outer.output.count)
  }

  mutating func forward(
    _ data: FashionMNIST, _ order: ArraySlice<Int>, _ normalisation: Normalisation, dropping p: Double, step: Int,
    on machine: Machine
  ) throws(KernelError) {
    let rows = order.count
    drops = (p, step)
    gather(data, order, normalisation, into: &input)
    try first.forward(input, rows: rows, on: machine)
    try pool1.forward(first.output, rows: rows, on: machine)
    try second.forward(pool1.output, rows: rows, on: machine)
    try pool2.forward(second.output, rows: rows, on: machine)
    try inner.forward(pool2.output, rows: rows, on: machine)
    try outer.forward(inner.output, residual: pool2.output, rows: rows, on: machine)
    if p > 0 { try outer.drop(p, from: mask, on: machine) }
    try dense.forward(outer.output, rows: rows, on: machine)
  }

  mutating func backward(labels: [Int], on machine: Machine) throws(KernelError) -> Score {
    let rows = labels.count
    let score = try dense.lossGradient(labels, on: machine)
    try dense.backward(outer.output, rows: rows, on: machine)
    try dense.backward(into: &outer.delta, rows: rows, on: machine)
    try outer.backwardThroughActivation(dropped: drops.p, from: mask, on: machine)
    try outer.backward(inner.output, rows: rows, on: machine)
    try outer.backward(into: &inner.delta, rows: rows, on: machine)
    try inner.backwardThroughActivation(on: machine)
    try inner.backward(pool2.output, rows: rows, on: machine)
    // What the block adds to its input passes the gradient of its output on as it is.
    try inner.backward(into: &pool2.delta, adding: outer.delta, rows: rows, on: machine)
    try pool2.backwardThrough(second.activation, on: machine)
    try pool2.backward(into: &second.delta, rows: rows, on: machine)
    try second.backward(pool1.output, rows: rows, on: machine)
    try second.backward(into: &pool1.delta, rows: rows, on: machine)
    try pool1.backwardThrough(first.activation, on: machine)
    try pool1.backward(into: &first.delta, rows: rows, on: machine)
    try first.backward(input, rows: rows, on: machine)
    return score
  }

  func probabilities(rows: Int, on machine: Machine) throws(KernelError) -> [Float] {
    try dense.probabilities(rows: rows, on: machine)
  }

  mutating func step(_ sgd: SGD, number: Int, on machine: Machine) throws(KernelError) {
    for layer in Self.convolutions { try self[keyPath: layer].step(sgd, number: number, on: machine) }
    try dense.step(sgd, number: number, on: machine)
  }
}
