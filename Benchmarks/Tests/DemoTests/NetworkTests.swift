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
    "has gradients that agree with differences of the loss",
    arguments: [[784, 10], [784, 32, 10], [784, 48, 24, 10]])
  func gradient(sizes: [Int]) throws {
    let data = noise(20)
    let normalisation = Normalisation(of: data)
    var network = Network(sizes: sizes, rows: data.count, seed: 5)
    let machine = Machine()
    func loss() throws -> Double {
      try network.forward(data, [Int](0..<data.count)[...], normalisation, on: machine).loss / Double(data.count)
    }
    let here = try loss()
    try network.backward(labels: data.labels[...], on: machine)
    let square = network.layers.flatMap { $0.weights.gradient + $0.bias.gradient }
      .reduce(0.0) { $0 + Double($1) * Double($1) }
    // So that the loss changes by one part in 256, far above its rounding errors.
    let change = 0x1p-8
    let h = Float(change * here / (2 * square))
    network.step(SGD(rate: -h, momentum: 0))
    let above = try loss()
    network.step(SGD(rate: 2 * h, momentum: 0))
    let below = try loss()
    #expect(abs((above - below) / (2 * Double(h) * square) - 1) <= change)
  }

  @Test("counts its parameters and operations")
  func counts() {
    let network = Network(sizes: [784, 512, 256, 10], rows: 1, seed: 1)
    #expect(network.parameterCount == 784 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10)
    #expect(network.forwardOperations == Double(2 * (784 * 512 + 512 * 256 + 256 * 10)))
    #expect(network.trainingOperations == 3 * network.forwardOperations - Double(2 * 784 * 512))
  }

  @Test("gives softmax rows that sum to 1 and a loss of ln 10 where it knows nothing")
  func softmaxOfEqualLogits() {
    var z = [Float](repeating: 4, count: 20)
    let score = softmax(&z, labels: [0, 9], classes: 10)
    #expect(z.allSatisfy { $0 == 0.1 })
    // Ten equal terms: one rounding in each of the two logarithms and their sum.
    #expect(abs(score.loss - 2 * 2.302585092994046) <= 4 * (2 * 2.302585092994046).ulp)
    #expect(score.correct == 1, "of equal logits the first wins")
  }

  @Test("survives logits at the ends of the range")
  func softmaxOfExtremes() {
    let top = Float.greatestFiniteMagnitude / 2
    var z: [Float] = [top, -top, 0, -top]
    let score = softmax(&z, labels: [0, 0], classes: 2)
    #expect(z == [1, 0, 1, 0])
    #expect(score.loss == 0)
    #expect(score.correct == 2)
  }

  @Test("steps by momentum as the formula says")
  func momentum() {
    var w: [Float] = [1, 2]
    var v: [Float] = [0, 4]
    SGD(rate: 0.25, momentum: 0.5).step(&w, velocity: &v, gradient: [8, -2])
    #expect(v == [8, 0])
    #expect(w == [-1, 2])
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
