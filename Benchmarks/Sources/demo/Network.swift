import Kernels

/// A multilayer perceptron: dense layers with ReLU between them, softmax and cross-entropy at the end.
struct Network: Sendable {
  let sizes: [Int]
  /// The most rows of one batch.
  let rows: Int
  private(set) var layers: [Dense]
  private var input: [Float]

  init(sizes: [Int], rows: Int, seed: UInt64) {
    self.sizes = sizes
    self.rows = rows
    var random = SplitMix64(seed: seed)
    layers = zip(sizes, sizes.dropFirst()).enumerated().map { index, size in
      Dense(
        inputs: size.0, outputs: size.1, activation: index == sizes.count - 2 ? .identity : .relu, rows: rows, &random)
    }
    input = [Float](repeating: 0, count: rows * sizes[0])
  }

  var parameterCount: Int { layers.reduce(0) { $0 + ($1.inputs + 1) * $1.outputs } }

  /// Floating-point operations of the matrix products for one image.
  var forwardOperations: Double { layers.reduce(0) { $0 + $1.operations } }
  /// Forward, dW of every layer and dX of all but the first.
  var trainingOperations: Double { 3 * forwardOperations - layers[0].operations }

  /// Runs the images `order` of `data` forward.  Afterwards `probabilities` holds a row of ten for each.
  mutating func forward(
    _ data: FashionMNIST, _ order: ArraySlice<Int>, _ normalisation: Normalisation, on machine: Machine
  ) throws(KernelError) -> Score {
    gather(data, order, normalisation, into: &input)
    try layers[0].forward(input, rows: order.count, on: machine)
    for l in layers.indices.dropFirst() {
      let x = layers[l - 1].output
      try layers[l].forward(x, rows: order.count, on: machine)
    }
    return softmax(
      &layers[layers.count - 1].output, labels: order.map { data.labels[$0] }[...], classes: sizes.last!)
  }

  /// The softmax of the last forward pass.
  var probabilities: [Float] { layers[layers.count - 1].output }

  /// The gradients of the mean loss over the batch of the last forward pass.
  mutating func backward(labels: ArraySlice<UInt8>, on machine: Machine) throws(KernelError) {
    let rows = labels.count
    let last = layers.count - 1
    let p = layers[last].output
    softmaxBackward(p, labels: labels, classes: sizes.last!, into: &layers[last].delta)
    for l in stride(from: last, to: 0, by: -1) {
      let y = layers[l - 1].output
      try layers[l].backward(y, rows: rows, on: machine)
      let layer = layers[l]
      try layer.backward(into: &layers[l - 1].delta, rows: rows, on: machine)
      reluBackward(y, &layers[l - 1].delta, count: rows * layer.inputs)
    }
    try layers[0].backward(input, rows: rows, on: machine)
  }

  mutating func step(_ sgd: SGD) {
    for l in layers.indices { layers[l].step(sgd) }
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
