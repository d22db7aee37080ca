/// The command line.
struct Options: Sendable {
  enum Mode: Sendable { case train, checkDeterminism, help }

  /// Where Debian's package dataset-fashion-mnist puts its files.
  static let debianData = "/usr/share/datasets/fashion-mnist"

  var mode = Mode.train
  /// The first network, a multilayer perceptron, in place of the convolutional one.
  var mlp = false
  /// nil until the network is known that it depends on.
  private var chosenEpochs: Int?
  var epochs: Int {
    get { chosenEpochs ?? (smoke ? 2 : mlp ? 12 : 8) }
    set { chosenEpochs = newValue }
  }
  var batch = 128
  var seed: UInt64 = 1
  var threads: Int?
  var data = Options.debianData
  var out = "fashion-mnist.png"
  /// A few hundred images, to see in seconds that everything works.
  var smoke = false

  static let help = """
    Trains a small convolutional network on the 60,000 images of Fashion-MNIST through
    swift-kernels, tests it on 10,000 others, says where the time went and draws what it learned.

    usage: demo [FLAG…]

      --mlp                 a multilayer perceptron, 784 - 512 - 256 - 10, in place of it
      --epochs N            passes over the training images (8; with --mlp 12)
      --batch N             images per step (128)
      --seed N              of the initial weights, the order of the images and dropout (1)
      --threads N           at most this many (as many as this process may run)
      --data DIR            holds the four IDX files, gzipped or not
                            (\(debianData), from Debian's dataset-fashion-mnist)
      --out FILE            the picture: .png or .svg (fashion-mnist.png)
      --smoke               a few hundred images and two epochs: seconds
      --check-determinism   train briefly with 1 and with N threads, on every instruction set with fused
                            multiply-adds, and compare the weights bit for bit
      --help                this text

    exit status: 0 done, 1 failed (the message says why), 2 wrong usage
    """
}

extension Options {
  init(_ arguments: [String]) throws(DemoError) {
    var words = arguments.flatMap { word in
      // --flag=value is --flag value.
      word.hasPrefix("--") ? word.split(separator: "=", maxSplits: 1).map(String.init) : [word]
    }[...]
    while let flag = words.popFirst() {
      switch flag {
      case "--mlp": mlp = true
      case "--epochs": epochs = try Self.count(flag, words.popFirst(), 1...10_000)
      case "--batch": batch = try Self.count(flag, words.popFirst(), 1...60_000)
      case "--seed": seed = UInt64(try Self.count(flag, words.popFirst(), 0...Int.max))
      case "--threads": threads = try Self.count(flag, words.popFirst(), 1...1024)
      case "--data": data = try Self.value(flag, words.popFirst())
      case "--out": out = try Self.picture(flag, words.popFirst())
      case "--smoke": smoke = true
      case "--check-determinism": mode = .checkDeterminism
      case "--help", "-h": mode = .help
      default: throw DemoError("\(flag): no such flag; --help lists them")
      }
    }
  }

  private static func value(_ flag: String, _ word: String?) throws(DemoError) -> String {
    guard let word, !word.isEmpty else { throw DemoError("\(flag): expected a value after it") }
    return word
  }

  private static func count(_ flag: String, _ word: String?, _ range: ClosedRange<Int>) throws(DemoError) -> Int {
    let word = try value(flag, word)
    guard let n = Int(word), range.contains(n) else {
      throw DemoError("\(flag): expected a whole number from \(range.lowerBound) to \(range.upperBound), got '\(word)'")
    }
    return n
  }

  private static func picture(_ flag: String, _ word: String?) throws(DemoError) -> String {
    let word = try value(flag, word)
    guard word.hasSuffix(".png") || word.hasSuffix(".svg") else {
      throw DemoError("\(flag): expected a name that ends in .png or .svg, got '\(word)'")
    }
    return word
  }
}
