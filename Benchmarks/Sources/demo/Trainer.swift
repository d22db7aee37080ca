import Kernels

/// One pass over the training images.
struct Epoch: Sendable {
  var loss: Double
  var accuracy: Double
  var seconds: Double
  var imagesPerSecond: Double
  /// Of products and convolutions, over the whole time of the epoch.
  var gflops: Double
  /// Share of the test images that the network has right after this epoch.
  var testAccuracy: Double
}

/// Trains a network, and remembers how that went.
struct Trainer: Sendable {
  /// Of the perceptron: 784 pixels, two hidden layers, ten classes.
  static let sizes = [FashionMNIST.pixels, 512, 256, FashionMNIST.classes.count]

  let train: FashionMNIST
  let test: FashionMNIST
  let normalisation: Normalisation
  let epochs: Int
  let batch: Int
  let machine: Machine
  private(set) var network: any Network
  /// Mean loss of every step so far.
  private(set) var losses: [Double] = []
  private(set) var history: [Epoch] = []
  private var random: SplitMix64

  init(
    train: FashionMNIST, test: FashionMNIST, options: Options, machine: Machine
  ) throws(KernelError) {
    self.train = train
    self.test = test
    normalisation = Normalisation(of: train)
    epochs = options.epochs
    batch = min(options.batch, train.count)
    self.machine = machine
    network =
      options.mlp
      ? try Perceptron(sizes: Self.sizes, rows: batch, seed: options.seed)
      : try ConvolutionalNetwork(rows: batch, seed: options.seed)
    // Not the network's stream: the order of the images must not follow from the weights.
    random = SplitMix64(seed: ~options.seed)
  }

  var stepsPerEpoch: Int { (train.count + batch - 1) / batch }

  /// One epoch.  `progress` is told the images done and the score over them.
  mutating func runEpoch(progress: (Int, Score) -> Void) throws(KernelError) {
    let order = random.permutation(train.count)
    let clock = ContinuousClock()
    let start = clock.now
    var total = Score()
    var done = 0
    while done < order.count {
      let images = order[done..<min(done + batch, order.count)]
      total += try step(images)
      done += images.count
      progress(done, total)
    }
    let seconds = Self.seconds(clock.now - start)
    let images = Double(order.count)
    history.append(
      Epoch(
        loss: total.loss / images, accuracy: Double(total.correct) / images, seconds: seconds,
        imagesPerSecond: images / seconds, gflops: images * network.trainingOperations / seconds / 1e9,
        testAccuracy: Double(try predict(test).correct) / Double(test.count)))
  }

  private mutating func step(_ images: ArraySlice<Int>) throws(KernelError) -> Score {
    let number = losses.count + 1
    let total = Double(epochs * stepsPerEpoch)
    var sgd = network.sgd
    sgd.learningRate *= 1 - Double(losses.count) / total
    if Double(number) < network.warmUp * total { sgd.learningRate *= Double(number) / (network.warmUp * total) }
    try network.forward(train, images, normalisation, dropping: network.dropped, step: number, on: machine)
    let score = try network.backward(labels: train.classes(of: images), on: machine)
    try network.step(sgd, number: number, on: machine)
    losses.append(score.loss / Double(images.count))
    return score
  }

  /// What the network makes of `data`.
  mutating func predict(_ data: FashionMNIST) throws(KernelError) -> Predictions {
    var all = Predictions()
    var machine = machine
    // The profile is the training's.
    machine.profile = nil
    let classes = FashionMNIST.classes.count
    let order = Array(0..<data.count)
    for first in stride(from: 0, to: data.count, by: batch) {
      let images = order[first..<min(first + batch, data.count)]
      try network.forward(data, images, normalisation, on: machine)
      let probabilities = try network.probabilities(rows: images.count, on: machine)
      all.correct += countCorrect(probabilities, labels: data.classes(of: images), classes: classes)
      all.probabilities += probabilities
    }
    return all
  }

  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}

/// Ten probabilities for each image.
struct Predictions: Sendable {
  var probabilities: [Float] = []
  var correct = 0

  /// The likeliest class of one image and its probability; of equal ones the first.
  func best(_ image: Int) -> (label: Int, probability: Float) {
    let classes = FashionMNIST.classes.count
    let row = image * classes..<(image + 1) * classes
    let best = row.reduce(row.lowerBound) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
    return (best - row.lowerBound, probabilities[best])
  }
}
