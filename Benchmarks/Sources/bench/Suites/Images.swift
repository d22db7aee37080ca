/// A batch of images in a buffer.
struct Images<T> {
  private let buffer: Buffer<T>
  private let batch: Int
  private let channels: Int
  private let size: SIMD2<Int>
  private let channelsLast: Bool

  init(_ buffer: Buffer<T>, _ batch: Int, _ channels: Int, _ size: SIMD2<Int>, channelsLast: Bool) {
    (self.buffer, self.batch, self.channels, self.size) = (buffer, batch, channels, size)
    self.channelsLast = channelsLast
  }

  /// The pixel at a row and a column of a channel.
  subscript(image: Int, channel: Int, at: SIMD2<Int>) -> T {
    get { buffer.pointer[index(image, channel, at.x * size.y + at.y)] }
    nonmutating set { buffer.pointer[index(image, channel, at.x * size.y + at.y)] = newValue }
  }

  private func index(_ image: Int, _ channel: Int, _ pixel: Int) -> Int {
    let pixels = size.x * size.y
    return channelsLast
      ? (image * pixels + pixel) * channels + channel : (image * channels + channel) * pixels + pixel
  }

  /// The buffer's indices in the order of images, channels, pixels.
  private var channelsFirstIndices: [Int] {
    (0..<batch).flatMap { image in
      (0..<channels).flatMap { channel in (0..<size.x * size.y).map { index(image, channel, $0) } }
    }
  }

  /// The elements in the order of images, channels, pixels.
  var channelsFirst: [T] { channelsFirstIndices.map { buffer.pointer[$0] } }

  /// Takes elements in that order.
  func setChannelsFirst(_ values: [T]) throws {
    guard values.count == buffer.count else { throw BenchError("a peer's result has another size") }
    for (index, value) in zip(channelsFirstIndices, values) { buffer.pointer[index] = value }
  }
}
