/// 28 x 28 grey images of clothes, each of one of ten classes.
/// Source: H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning
/// Algorithms, 2017.
struct FashionMNIST: Sendable {
  static let side = 28
  static let pixels = side * side
  static let classes = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
  ]

  /// One after the other, row by row; 0 is the background.
  private(set) var images: [UInt8]
  private(set) var labels: [UInt8]

  var count: Int { labels.count }

  /// The classes of some of the images, by number.
  func classes(of images: ArraySlice<Int>) -> [Int] { images.map { Int(labels[$0]) } }

  func image(_ index: Int) -> ArraySlice<UInt8> {
    images[index * Self.pixels..<(index + 1) * Self.pixels]
  }

  /// The first `n`.
  func prefix(_ n: Int) -> FashionMNIST {
    var few = self
    few.labels = Array(labels.prefix(n))
    few.images = Array(images.prefix(few.labels.count * Self.pixels))
    return few
  }
}

extension FashionMNIST {
  enum Part: String { case train, test = "t10k" }

  /// Reads the images and the labels of one part from `folder`.
  init(_ part: Part, in folder: String) throws(DemoError) {
    let name = part == .train ? "training" : "test"
    let base = folder.hasSuffix("/") ? folder + part.rawValue : folder + "/" + part.rawValue
    let images = try IDXFile(
      path: base + "-images-idx3-ubyte.gz", dimensions: 3, holding: "the \(name) images of Fashion-MNIST")
    guard images.dimensions[1...] == [Self.side, Self.side] else {
      let found = images.dimensions[1...].map(String.init).joined(separator: " x ")
      throw DemoError("\(images.path): its images are \(found); expected \(Self.side) x \(Self.side)")
    }
    let labels = try IDXFile(
      path: base + "-labels-idx1-ubyte.gz", dimensions: 1, holding: "the \(name) labels of Fashion-MNIST")
    guard labels.bytes.count == images.dimensions[0] else {
      throw DemoError(
        "\(labels.path): \(labels.bytes.count) labels; expected \(images.dimensions[0]), one for each of \(images.path)"
      )
    }
    if let bad = labels.bytes.firstIndex(where: { $0 >= Self.classes.count }) {
      throw DemoError(
        "\(labels.path): label \(bad) is \(labels.bytes[bad]); expected 0 to \(Self.classes.count - 1)")
    }
    self.init(images: images.bytes, labels: labels.bytes)
  }
}

/// x = (byte / 255 - mean) / deviation, as one multiplication and one addition.
struct Normalisation: Sendable {
  let scale: Float
  let shift: Float

  /// The one that gives the pixels of `data` mean 0 and variance 1.  Sums of integers: exact, so the order is nothing.
  init(of data: FashionMNIST) {
    var histogram = [Int](repeating: 0, count: 256)
    for byte in data.images { histogram[Int(byte)] += 1 }
    let count = Double(max(data.images.count, 1))
    let sum = histogram.enumerated().reduce(0) { $0 + $1.offset * $1.element }
    let squares = histogram.enumerated().reduce(0) { $0 + $1.offset * $1.offset * $1.element }
    let mean = Double(sum) / count
    let variance = Double(squares) / count - mean * mean
    // One grey everywhere has no variance; leave it at 0.
    let deviation = variance > 0 ? variance.squareRoot() : 1
    scale = Float(1 / deviation)
    shift = Float(-mean / deviation)
  }
}
