/// Images with channels, by coordinates: a naive stand-in for every layout.
public struct ReferenceImages: Sendable {
  public let batch: Int
  public let channels: Int
  public let size: SIMD3<Int>
  public let channelsLast: Bool

  public init(batch: Int, channels: Int, size: SIMD3<Int>, channelsLast: Bool) {
    (self.batch, self.channels, self.size, self.channelsLast) = (batch, channels, size, channelsLast)
  }

  public var count: Int { batch * channels * pixels }
  public var pixels: Int { size.x * size.y * size.z }

  /// Where an element lies in memory.
  public func index(_ n: Int, _ c: Int, _ at: SIMD3<Int>) -> Int {
    let pixel = (at.x * size.y + at.y) * size.z + at.z
    return channelsLast ? (n * pixels + pixel) * channels + c : (n * channels + c) * pixels + pixel
  }

  /// The coordinates of a pixel.
  public func place(_ pixel: Int) -> SIMD3<Int> {
    SIMD3(pixel / size.z / size.y, pixel / size.z % size.y, pixel % size.z)
  }

  public func contains(_ at: SIMD3<Int>) -> Bool { all(at .>= 0) && all(at .< size) }

  private func all(_ mask: SIMDMask<SIMD3<Int>>) -> Bool { mask[0] && mask[1] && mask[2] }
}

/// What lies beyond the edges of an image.
public enum ReferencePadding: Sendable, CaseIterable {
  case constant, reflect, replicate

  /// The place within an axis of n elements that place i repeats; nil where it holds a constant.
  public func source(_ i: Int, _ n: Int) -> Int? {
    var i = i
    while i < 0 || i >= n {
      switch self {
      case .constant: return nil
      case .replicate: i = i < 0 ? 0 : n - 1
      case .reflect: i = n == 1 ? 0 : i < 0 ? -i : 2 * (n - 1) - i
      }
    }
    return i
  }
}

/// For each element of the padded images, in the order of their places, the element of x that it repeats, or nil.
///
/// Padding copies: no error.  Its adjoint adds dy in this order, and its error is at most (m - 1) u sum |dy| for m terms.
public func referencePadSources(
  _ x: ReferenceImages, _ y: ReferenceImages, before: SIMD3<Int>, _ padding: ReferencePadding
) -> [(y: Int, x: Int?)] {
  var sources: [(y: Int, x: Int?)] = []
  for n in 0..<y.batch {
    for c in 0..<y.channels {
      for pixel in 0..<y.pixels {
        let at = y.place(pixel)
        let from = (0..<3).map { padding.source(at[$0] - before[$0], x.size[$0]) }
        if let d = from[0], let h = from[1], let w = from[2] {
          sources.append((y.index(n, c, at), x.index(n, c, SIMD3(d, h, w))))
        } else {
          sources.append((y.index(n, c, at), nil))
        }
      }
    }
  }
  return sources
}

/// A convolution's taps and strides, for what follows.
public struct ReferenceWindow: Sendable {
  public var kernel, stride, dilation, before: SIMD3<Int>
  public var isFlipped: Bool

  public init(
    kernel: SIMD3<Int>, stride: SIMD3<Int>, dilation: SIMD3<Int>, before: SIMD3<Int>, isFlipped: Bool
  ) {
    (self.kernel, self.stride, self.dilation, self.before) = (kernel, stride, dilation, before)
    self.isFlipped = isFlipped
  }

  public var taps: Int { kernel.x * kernel.y * kernel.z }

  /// The place in x that tap t of output `at` sees, inside or not.
  public func place(_ at: SIMD3<Int>, _ t: Int) -> SIMD3<Int> {
    let tap = SIMD3(t / kernel.z / kernel.y, t / kernel.z % kernel.y, t % kernel.z)
    return at &* stride &+ (isFlipped ? kernel &- 1 &- tap : tap) &* dilation &- before
  }
}

/// For each column of im2col, in the order of taps and then outputs, the element of x that it holds, or nil: a 0.
///
/// im2col copies: no error.  Its adjoint adds in this order, and its error is at most (K - 1) u sum |columns|.
public func referenceColumnSources(
  _ x: ReferenceImages, output: SIMD3<Int>, _ window: ReferenceWindow
) -> [(column: Int, x: Int?)] {
  let y = ReferenceImages(batch: x.batch, channels: x.channels, size: output, channelsLast: x.channelsLast)
  let (outputs, taps) = (y.pixels, window.taps)
  var sources: [(column: Int, x: Int?)] = []
  for n in 0..<x.batch {
    for c in 0..<x.channels {
      for t in 0..<taps {
        for o in 0..<outputs {
          let at = window.place(y.place(o), t)
          let column =
            x.channelsLast
            ? ((n * outputs + o) * taps + t) * x.channels + c : ((n * x.channels + c) * taps + t) * outputs + o
          sources.append((column, x.contains(at) ? x.index(n, c, at) : nil))
        }
      }
    }
  }
  return sources
}
