import Kernels

/// A classifier of images that learns by stochastic gradient descent.
protocol Network: Sendable {
  /// What it is, for the picture's title.
  static var title: String { get }

  /// Its layers on one line.
  var summary: String { get }

  /// How it is trained best; the rate falls linearly to 0.
  var sgd: SGD { get }

  /// The part of all steps in which the rate rises from 0 to that of `sgd`.
  var warmUp: Double { get }

  /// The probability of dropping an output where the network drops any.
  var dropped: Double { get }

  /// Weights and biases, layer by layer.
  var parameters: [[Float]] { get }

  /// Floating-point operations of products and convolutions for one image that it learns from.
  var trainingOperations: Double { get }

  /// Runs the images `order` of `data` forward, up to the logits, dropping outputs with probability `p`.
  mutating func forward(
    _ data: FashionMNIST, _ order: ArraySlice<Int>, _ normalisation: Normalisation, dropping p: Double, step: Int,
    on machine: Machine
  ) throws(KernelError)

  /// Sets the gradients to those of the mean loss over the batch of the last forward pass.
  mutating func backward(labels: [Int], on machine: Machine) throws(KernelError) -> Score

  /// A row of ten probabilities for each image of the last forward pass.
  func probabilities(rows: Int, on machine: Machine) throws(KernelError) -> [Float]

  /// The step of that number, from 1, along the gradients.
  mutating func step(_ sgd: SGD, number: Int, on machine: Machine) throws(KernelError)
}

extension Network {
  /// Weights and biases.
  var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// Runs images forward and drops nothing.
  mutating func forward(
    _ data: FashionMNIST, _ order: ArraySlice<Int>, _ normalisation: Normalisation, on machine: Machine
  ) throws(KernelError) {
    try forward(data, order, normalisation, dropping: 0, step: 1, on: machine)
  }

  /// FNV-1a over the bits of all weights and biases, lowest byte first.
  /// Source: G. Fowler, L. Noll and K.-P. Vo, FNV, 1991.
  var hash: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for value in parameters.joined() {
      for shift in stride(from: 0, to: 32, by: 8) {
        hash = (hash ^ UInt64(value.bitPattern >> UInt32(shift) & 0xff)) &* 0x100_0000_01b3
      }
    }
    return hash
  }
}
