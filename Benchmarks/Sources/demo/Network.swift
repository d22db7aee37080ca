import Kernels

/// A multilayer perceptron: dense layers with ReLU and dropout between them, softmax and cross-entropy at the end.
struct Network: Sendable {
  let sizes: [Int]
  /// The most rows of one batch.
  let rows: Int
  var layers: [Dense]
  private let seed: UInt64
  private var input: [Float]
  /// How much of the hidden layers the last forward pass dropped, and in which step.
  private var dropped = (p: 0.0, step: 1)

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

  var parameterCount: Int { layers.reduce(0) { $0 + ($1.inputs + 1) * $1.outputs } }

  /// Floating-point operations of the matrix products for one image.
  var forwardOperations: Double { layers.reduce(0) { $0 + $1.operations } }
  /// Forward, dW of every layer and dX of all but the first.
  var trainingOperations: Double { 3 * forwardOperations - layers[0].operations }

  /// What decides which outputs of hidden layer `index` a step drops: streams beside those of the first weights.
  private func mask(_ index: Int) -> RandomSource {
    RandomSource(seed: seed, stream: UInt64(layers.count + index))
      .advanced(by: (dropped.step - 1) * rows * layers[index].outputs)
  }

  /// Runs the images `order` of `data` forward, up to the logits; hidden outputs are dropped with probability `p`.
  mutating func forward(
    _ data: FashionMNIST, _ order: ArraySlice<Int>, _ normalisation: Normalisation, dropping p: Double = 0,
    step: Int = 1, on machine: Machine
  ) throws(KernelError) {
    dropped = (p, step)
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
    let score = try lossGradient(labels, on: machine)
    for l in stride(from: last, to: 0, by: -1) {
      let y = layers[l - 1].output
      try layers[l].backward(y, rows: rows, on: machine)
      let layer = layers[l]
      try layer.backward(into: &layers[l - 1].delta, rows: rows, on: machine)
      try layers[l - 1].backwardThroughActivation(dropped: dropped.p, from: mask(l - 1), on: machine)
    }
    try layers[0].backward(input, rows: rows, on: machine)
    return score
  }

  /// The last layer's delta and what the logits are worth, in one pass.
  private mutating func lossGradient(_ labels: [Int], on machine: Machine) throws(KernelError) -> Score {
    let logits = layers[layers.count - 1].output
    let classes = sizes[sizes.count - 1]
    let mean = try machine.crossEntropyGradient(
      logits, AxisShape(rows: labels.count, columns: classes), labels, into: &layers[layers.count - 1].delta)
    return Score(
      loss: Double(mean) * Double(labels.count), correct: countCorrect(logits, labels: labels, classes: classes))
  }

  /// A row of ten probabilities for each image of the last forward pass.
  func probabilities(rows: Int, on machine: Machine) throws(KernelError) -> [Float] {
    var p = Array(layers[layers.count - 1].output.prefix(rows * sizes.last!))
    var out = p.mutableSpan
    try softmax(
      inPlace: &out, AxisShape(rows: rows, columns: sizes.last!), isa: machine.isa, threads: machine.threads)
    return p
  }

  /// The step of that number, from 1, along the gradients.
  mutating func step(_ sgd: SGD, number: Int, on machine: Machine) throws(KernelError) {
    for l in layers.indices { try layers[l].step(sgd, number: number, on: machine) }
  }

  /// FNV-1a over the bits of all weights and biases, lowest byte first.
  /// Source: G. Fowler, L. Noll and K.-P. Vo, FNV, 1991.
  var hash: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for layer in layers {
      for value in layer.weights.value + layer.bias.value {
        for shift in stride(from: 0, to: 32, by: 8) {
          hash = (hash ^ UInt64(value.bitPattern >> UInt32(shift) & 0xff)) &* 0x100_0000_01b3
        }
      }
    }
    return hash
  }
}
