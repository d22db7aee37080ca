import Kernels
import Testing

@testable import demo

@Suite("The demo's convolutional network")
struct ConvolutionalNetworkTests {
  /// Grey noise, labels in turn.
  private func noise(_ count: Int) -> FashionMNIST {
    var random = SplitMix64(seed: 3)
    let images = (0..<count * FashionMNIST.pixels).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    return FashionMNIST(images: images, labels: (0..<count).map { UInt8($0 % 10) })
  }

  // As for the perceptron: 2 h |g|², up to a term of the third order in h.
  @Test("has gradients that agree with differences of the loss, dropout included", arguments: [0, 0.25])
  func gradient(dropped: Double) throws {
    let data = noise(20)
    let normalisation = Normalisation(of: data)
    var network = try ConvolutionalNetwork(rows: data.count, seed: 5)
    let machine = Machine()
    let order = [Int](0..<data.count)[...]
    func loss(_ network: ConvolutionalNetwork) throws -> Double {
      var copy = network
      try copy.forward(data, order, normalisation, dropping: dropped, step: 3, on: machine)
      return try copy.backward(labels: data.classes(of: order), on: machine).loss / Double(data.count)
    }
    let here = try loss(network)
    try network.forward(data, order, normalisation, dropping: dropped, step: 3, on: machine)
    _ = try network.backward(labels: data.classes(of: order), on: machine)
    let square = gradients(of: network).reduce(0.0) { $0 + Double($1) * Double($1) }
    let change = 0x1p-8
    let sgd = SGD(learningRate: change * here / (2 * square))
    var (above, below) = (network, network)
    try below.step(sgd, number: 1, on: machine)
    negateGradients(of: &above)
    try above.step(sgd, number: 1, on: machine)
    #expect(abs((try loss(above) - loss(below)) / (2 * sgd.learningRate * square) - 1) <= change)
  }

  private func gradients(of network: ConvolutionalNetwork) -> [Float] {
    ConvolutionalNetwork.convolutions.flatMap {
      network[keyPath: $0].weights.gradient + network[keyPath: $0].bias.gradient
    }
      + network.dense.weights.gradient + network.dense.bias.gradient
  }

  private func negateGradients(of network: inout ConvolutionalNetwork) {
    func negate(_ parameter: inout Parameter) { parameter.gradient = parameter.gradient.map { -$0 } }
    for layer in ConvolutionalNetwork.convolutions {
      negate(&network[keyPath: layer].weights)
      negate(&network[keyPath: layer].bias)
    }
    negate(&network.dense.weights)
    negate(&network.dense.bias)
  }

  @Test("counts its parameters and operations")
  func counts() throws {
    let network = try ConvolutionalNetwork(rows: 1, seed: 1)
    #expect(network.parameterCount == 25 * 16 + 16 + 9 * 16 * 32 + 32 + 2 * (9 * 32 * 32 + 32) + 1568 * 10 + 10)
    let first = 28 * 28 * 25 * 16
    let others = 14 * 14 * 9 * 16 * 32 + 2 * 7 * 7 * 9 * 32 * 32 + 1568 * 10
    #expect(network.trainingOperations == Double(2 * (2 * first + 3 * others)))
  }

  @Test("tells an image by the same bits whatever batch it comes in")
  func batches() throws {
    let data = noise(9)
    let normalisation = Normalisation(of: data)
    var network = try ConvolutionalNetwork(rows: 9, seed: 2)
    try network.forward(data, [Int](0..<9)[...], normalisation, on: Machine())
    let all = try network.probabilities(rows: 9, on: Machine())
    try network.forward(data, [4, 7][...], normalisation, on: Machine())
    let some = try network.probabilities(rows: 2, on: Machine())
    #expect(some == Array(all[40..<50] + all[70..<80]))
  }

  @Test("knows how long each of its kernels took")
  func profile() throws {
    let data = noise(8)
    var machine = Machine(threads: 1)
    let profile = Profile()
    machine.profile = profile
    var network = try ConvolutionalNetwork(rows: 8, seed: 2)
    try network.forward(data, [Int](0..<8)[...], Normalisation(of: data), dropping: 0.5, step: 1, on: machine)
    _ = try network.backward(labels: data.classes(of: [Int](0..<8)[...]), on: machine)
    try network.step(network.sgd, number: 1, on: machine)
    let rows = profile.slowestFirst
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.seconds >= $1.seconds })
    #expect(rows.allSatisfy { $0.operations > 0 || $0.bytes > 0 })
    // Of the convolutions and the dense layer, but for the gradient of its bias: 8 · 10 multiply-adds.
    #expect(rows.reduce(0) { $0 + $1.operations } == 8 * network.trainingOperations + 160)
  }
}
