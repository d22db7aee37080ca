import Foundation
import Kernels
import Testing

/// A LeNet that PyTorch trained on Fashion-MNIST, batch by batch: losses, gradients and weights.
@Suite("Conformance of a network that learns")
struct LeNetConformanceTests {
  private static let images = FashionImages(count: 6400)
  private static let vectors = try? KernelVectors.all(in: "e2e") { $0.hasPrefix("fashion_mnist") }.first
  private static let absence = "no conformance vectors, or no images: apt-get install dataset-fashion-mnist"

  @Test(
    "the first batch has PyTorch's loss and gradients",
    .enabled(if: vectors != nil && images != nil, "\(absence)"), arguments: ISA.available)
  func firstBatch(isa: ISA) throws {
    try checkGradients(Double.self, isa)
    try checkGradients(Float.self, isa)
  }

  // PyTorch's own float32 run strays from its float64 run by `float32_loss_drift_100_steps`.  A run in `Double` starts
  // from errors 2⁻²⁹ as large, and an order of magnitude is left for another order of summation.
  @Test(
    "a hundred steps of SGD give PyTorch's losses and weights",
    .enabled(if: vectors != nil && images != nil, "\(absence)"))
  func hundredSteps() throws {
    let vectors = try #require(Self.vectors)
    let drift = 10 * 0x1p-29 * (try #require(vectors.number("float32_loss_drift_100_steps")))
    var network = try LeNet<Double>(vectors)
    let losses = try vectors.values(of: #require(vectors.entry("loss_100_steps")))
    for (step, expected) in losses.enumerated() {
      let loss = try network.learn(try #require(Self.images), step: step + 1, isa: .best)
      try #require((loss - expected).magnitude <= drift, "step \(step + 1): \(loss), not \(expected)")
    }
    for (name, value) in network.parameters {
      let expected = try vectors.values(of: #require(vectors.entry("after100." + name)))
      let error = zip(value.elements, expected).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
      #expect(error <= drift, "\(name) is off by \(error)")
    }
  }

  private func checkGradients<T: KernelScalar>(_: T.Type, _ isa: ISA) throws {
    let vectors = try #require(Self.vectors)
    let network = try LeNet<T>(vectors)
    let (loss, gradients) = try network.gradients(try #require(Self.images), first: 0, isa: isa)
    let expected = try vectors.values(of: #require(vectors.entry("loss_100_steps")))[0]
    #expect((Double(loss) - expected).magnitude <= tolerance(T.self, scale: expected))
    for entry in vectors.tensors("grad") {
      let want = try vectors.values(of: entry)
      let got = try #require(gradients[entry.name]).elements
      let bound = tolerance(T.self, scale: want.reduce(0) { max($0, $1.magnitude) })
      let error = zip(got, want).reduce(0) { max($0, (Double($1.0) - $1.1).magnitude) }
      #expect(got.count == want.count && error <= bound, "\(entry.name) is off by \(error), beyond \(bound)")
    }
  }

  /// As the README of the vectors says.
  private func tolerance<T>(_: T.Type, scale: Double) -> Double {
    T.self == Double.self ? 1e-12 * max(1, scale) : 2e-6 * scale + 1e-7
  }
}

/// conv 5x5, ReLU, max-pool, the same again, two dense layers.
private struct LeNet<T: KernelScalar> {
  static var names: [String] { ["conv1", "conv2", "fc1", "fc2"].flatMap { ["\($0).w", "\($0).b"] } }

  private(set) var parameters: [String: Tensor<T>] = [:]
  private var velocities: [String: [T]] = [:]
  private let sgd: SGD
  private let batch: Int

  init(_ vectors: KernelVectors) throws {
    for entry in vectors.tensors("initializer") { parameters[entry.name] = try vectors.tensor(entry) }
    velocities = parameters.mapValues { .init(repeating: 0, count: $0.elements.count) }
    batch = Int(try #require(vectors.number("batch")))
    sgd = SGD(
      learningRate: try #require(vectors.number("lr")), momentum: try #require(vectors.number("momentum")),
      weightDecay: try #require(vectors.number("weight_decay")))
  }

  /// The mean loss over the batch that starts with image `first`, and the gradients of all parameters.
  func gradients(
    _ images: FashionImages, first: Int, isa: ISA
  ) throws -> (loss: T, gradients: [String: Tensor<T>]) {
    let pixels = images.pixels[first * 784..<(first + batch) * 784].map { T($0) / 255 }
    // The biases start at 0 and much of an image is black: those sums are exactly 0, where ReLU has no derivative, and
    // only the formula's own products keep them there.
    var tape = Tape<T>(parameters, strict: true, isa: isa)
    tape.set("x", Tensor(shape: [batch, 1, 28, 28], elements: pixels))
    let same = ConvolutionAttributes(pads: [2, 2, 2, 2])
    try tape.convolution("x", "conv1.w", "conv1.b", same, as: "c1")
    try tape.relu("c1", as: "r1")
    try tape.maxPool("r1", kernel: SIMD2(2, 2), stride: SIMD2(2, 2), padding: SIMD2(0, 0), as: "p1")
    try tape.convolution("p1", "conv2.w", "conv2.b", same, as: "c2")
    try tape.relu("c2", as: "r2")
    try tape.maxPool("r2", kernel: SIMD2(2, 2), stride: SIMD2(2, 2), padding: SIMD2(0, 0), as: "p2")
    try tape.linear("p2", "fc1.w", "fc1.b", as: "f1")
    try tape.relu("f1", as: "r3")
    try tape.linear("r3", "fc2.w", "fc2.b", as: "logits")
    try tape.crossEntropy("logits", targets: Array(images.labels[first..<first + batch]), as: "loss")
    try tape.backward(Tensor(shape: [1], elements: [1]), of: "loss")
    return (tape.values["loss"]!.elements[0], tape.gradients.filter { parameters[$0.key] != nil })
  }

  /// One step, its number from 1; returns the loss before it.
  mutating func learn(_ images: FashionImages, step: Int, isa: ISA) throws -> T {
    let (loss, gradients) = try gradients(images, first: (step - 1) * batch, isa: isa)
    for name in parameters.keys {
      var (value, velocity) = (parameters[name]!.elements, velocities[name]!)
      let gradient = gradients[name]!.elements
      var out = value.mutableSpan
      var state = velocity.mutableSpan
      try sgd.update(&out, gradient: gradient.span, velocity: &state, step: step, isa: isa)
      (parameters[name]!.elements, velocities[name]) = (value, velocity)
    }
    return loss
  }
}

/// The first training images of Debian's dataset-fashion-mnist.
private struct FashionImages: Sendable {
  let pixels: [UInt8]
  let labels: [Int]

  init?(count: Int) {
    let folder = "/usr/share/datasets/fashion-mnist/train-"
    guard let images = Self.unpacked(folder + "images-idx3-ubyte.gz", bytes: 16 + count * 784),
      let labels = Self.unpacked(folder + "labels-idx1-ubyte.gz", bytes: 8 + count)
    else { return nil }
    pixels = Array(images[16...])
    self.labels = labels[8...].map { Int($0) }
  }

  /// The first bytes of what a gzip file holds.
  private static func unpacked(_ path: String, bytes: Int) -> [UInt8]? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let (gzip, pipe) = (Process(), Pipe())
    gzip.executableURL = URL(filePath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-dc", path]
    (gzip.standardOutput, gzip.standardError) = (pipe, FileHandle.nullDevice)
    guard (try? gzip.run()) != nil else { return nil }
    defer { gzip.terminate() }
    var data = Data()
    while data.count < bytes, let more = try? pipe.fileHandleForReading.read(upToCount: bytes - data.count),
      !more.isEmpty
    {
      data += more
    }
    return data.count == bytes ? Array(data) : nil
  }
}
