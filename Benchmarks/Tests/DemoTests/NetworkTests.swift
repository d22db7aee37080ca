import Kernels
import Testing

@testable import demo

@Suite("The demo's network")
struct NetworkTests {
  /// Grey noise, labels in turn.
  private func noise(_ count: Int) -> FashionMNIST {
    var random = SplitMix64(seed: 3)
    let images = (0..<count * FashionMNIST.pixels).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    return FashionMNIST(images: images, labels: (0..<count).map { UInt8($0 % 10) })
  }

  // Along the gradient g the loss changes by 2 h |g|² from w - h g to w + h g, up to a term of the third order in h.
  @Test(
    "has gradients that agree with differences of the loss, dropout included",
    arguments: [[784, 10], [784, 32, 10], [784, 48, 24, 10]], [0, 0.25])
  func gradient(sizes: [Int], dropped: Double) throws {
    let data = noise(20)
    let normalisation = Normalisation(of: data)
    var network = try Perceptron(sizes: sizes, rows: data.count, seed: 5)
    let machine = Machine()
    let order = [Int](0..<data.count)[...]
    func loss(_ network: Network) throws -> Double {
      var copy = network
      try copy.forward(data, order, normalisation, dropping: dropped, step: 3, on: machine)
      return try copy.backward(labels: data.classes(of: order), on: machine).loss / Double(data.count)
    }
    let here = try loss(network)
    try network.forward(data, order, normalisation, dropping: dropped, step: 3, on: machine)
    _ = try network.backward(labels: data.classes(of: order), on: machine)
    let square = network.layers.flatMap { $0.weights.gradient + $0.bias.gradient }
      .reduce(0.0) { $0 + Double($1) * Double($1) }
    // So that the loss changes by one part in 256, far above its rounding errors.
    let change = 0x1p-8
    let sgd = SGD(learningRate: change * here / (2 * square))
    var (above, below) = (network, network)
    try below.step(sgd, number: 1, on: machine)
    for l in above.layers.indices {
      above.layers[l].weights.gradient = above.layers[l].weights.gradient.map { -$0 }
      above.layers[l].bias.gradient = above.layers[l].bias.gradient.map { -$0 }
    }
    try above.step(sgd, number: 1, on: machine)
    #expect(abs((try loss(above) - loss(below)) / (2 * sgd.learningRate * square) - 1) <= change)
  }

  @Test("counts its parameters and operations")
  func counts() throws {
    let network = try Perceptron(sizes: [784, 512, 256, 10], rows: 1, seed: 1)
    #expect(network.parameterCount == 784 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10)
    #expect(network.forwardOperations == Double(2 * (784 * 512 + 512 * 256 + 256 * 10)))
    #expect(network.trainingOperations == 3 * network.forwardOperations - Double(2 * 784 * 512))
  }

  @Test("gives the first of equal logits, and counts what is right")
  func counting() {
    #expect(countCorrect([4, 4, 4, 1, 2, 3], labels: [0, 2], classes: 3) == 2)
    #expect(countCorrect([4, 4, 4, 1, 2, 3], labels: [1, 0], classes: 3) == 0)
  }

  @Test("gives probabilities that sum to 1")
  func probabilities() throws {
    let data = noise(7)
    var network = try Perceptron(sizes: [784, 10], rows: 7, seed: 2)
    try network.forward(data, [Int](0..<7)[...], Normalisation(of: data), on: Machine())
    let p = try network.probabilities(rows: 7, on: Machine())
    for r in 0..<7 {
      // The bound of the kernel: (n + 2) u, and nine roundings of this sum.
      #expect(abs(p[r * 10..<r * 10 + 10].reduce(0, +) - 1) <= 21 * 0x1p-24)
    }
  }

  @Test("starts from other weights for another seed, and from the same for the same")
  func seeds() throws {
    let hashes = try [1, 1, 2].map { try Perceptron(sizes: [784, 16, 10], rows: 1, seed: $0).hash }
    #expect(hashes[0] == hashes[1] && hashes[0] != hashes[2])
  }

  // The first outputs for seed 1234567, from the reference implementation by S. Vigna.
  @Test("draws from SplitMix64")
  func splitMix() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
    #expect(random.next() == 9_817_491_932_198_370_423)
  }

  @Test("visits every image once", arguments: [0, 1, 2, 1000])
  func permutation(count: Int) {
    var random = SplitMix64(seed: 9)
    #expect(random.permutation(count).sorted() == Array(0..<count))
  }
}
