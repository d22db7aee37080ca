import Kernels

/// A multilayer perceptron: dense layers with ReLU and dropout between them, softmax and cross-entropy at the end.
struct Perceptron: Network {
  static let title = "multilayer perceptron"

  let sgd = SGD(learningRate: 0.05, momentum: 0.9)
  let warmUp = 0.0
  let dropped = 0.1
  let sizes: [Int]
  /// The most rows of one batch.
  let rows: Int
  var layers: [Dense]
  private let seed: UInt64
  private var input: [Float]
  /// How much of the hidden layers the last forward pass dropped, and in which step.
  private var drops = (p: 0.0, step: 1)

  init(sizes: [Int], rows: Int, seed: UInt64) throws(KernelError) {
    self.sizes = sizes
    self.rows = rows
    self.seed = seed
    layers = []
    for (index, size) in zip(sizes, sizes.dropFirst()).enumerated() {
      layers.append(
        try Dense(
          inputs: size.0, outputs: size.1, activation: index == sizes.count - 2 ? .identity : .relu, rows: rows,
          from: RandomSource(seed: seed, stream: UInt64(index))))
    }
    input = [Float](repeating: 0, count: rows * sizes[0])
  }

  var summary: String { sizes.map(String.init).joined(separator: " - ") }
  var parameters: [[Float]] { layers.flatMap { [$0.weights.value, $0.bias.value] } }

  /// Floating-point operations of the matrix products for one image.
  var forwardOperations: Double { layers.reduce(0) { $0 + $1.operations } }
  /// Forward, dW of every layer and dX of all but the first.
  var trainingOperations: Double { 3 * forwardOperations - layers[0].operations }

  /// What decides which outputs of hidden layer `index` a step drops: streams beside those of the first weights.
  private func mask(_ index: Int) -> RandomSource {
    RandomSource(seed: seed, stream: UInt64(layers.count + index))
      .advanced(by: (drops.step - 1) * rows * layers[index].outputs)
  }

  /// Runs the images `order` of `data` forward, up to the logits; hidden outputs are dropped with probability `p`.
  mutating func forward(
    _ data: FashionMNIST, _ order: ArraySlice<Int>, _ normalisation: Normalisation, dropping p: Double,
    step: Int, on machine: Machine
  ) throws(KernelError) {
    drops = (p, step)
    gather(data, order, normalisation, into: &input)
    try layers[0].forward(input, rows: order.count, on: machine)
    for l in layers.indices.dropFirst() {
      if p > 0 { try layers[l - 1].drop(p, from: mask(l - 1), on: machine) }
      let x = layers[l - 1].output
      try layers[l].forward(x, rows: order.count, on: machine)
    }
  }

  /// Sets the gradients to those of the mean loss over the batch of the last forward pass.
  mutating func backward(labels: [Int], on machine: Machine) throws(KernelError) -> Score {
    let rows = labels.count
    let last = layers.count - 1
    let score = try layers[last].lossGradient(labels, on: machine)
    for l in stride(from: last, to: 0, by: -1) {
      let y = layers[l - 1].output
      try layers[l].backward(y, rows: rows, on: machine)
      let layer = layers[l]
      try layer.backward(into: &layers[l - 1].delta, rows: rows, on: machine)
      try layers[l - 1].backwardThroughActivation(dropped: drops.p, from: mask(l - 1), on: machine)
    }
    try layers[0].backward(input, rows: rows, on: machine)
    return score
  }

  func probabilities(rows: Int, on machine: Machine) throws(KernelError) -> [Float] {
    try layers[layers.count - 1].probabilities(rows: rows, on: machine)
  }

  /// The step of that number, from 1, along the gradients.
  mutating func step(_ sgd: SGD, number: Int, on machine: Machine) throws(KernelError) {
    for l in layers.indices { try layers[l].step(sgd, number: number, on: machine) }
  }
}
