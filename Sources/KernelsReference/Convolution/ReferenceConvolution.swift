/// A convolution by its definition: every product of the sum, one after the other.
///
/// Axes are depth, height, width.  The indices of x, w and y count elements as they lie in memory.
public struct ReferenceConvolution: Hashable, Sendable {
  public var (batch, groups, channels, filters) = (1, 1, 1, 1)
  public var input = SIMD3(1, 1, 1)
  public var kernel = SIMD3(1, 1, 1)
  public var stride = SIMD3(1, 1, 1)
  public var dilation = SIMD3(1, 1, 1)
  public var padBefore = SIMD3(0, 0, 0)
  public var output = SIMD3(1, 1, 1)

  /// Whether channels are the last axis of x and y, else the one after the batch.
  public var channelsLast = true

  /// Whether filters are the first axis of w, followed by channels, else the last, after channels.
  public var filtersFirst = true

  /// Whether the kernel is read backwards.
  public var flipped = false

  public init() {}

  @inlinable public var inputCount: Int { batch * channels * input.volume }
  @inlinable public var weightCount: Int { filters * (channels / groups) * kernel.volume }
  @inlinable public var outputCount: Int { batch * filters * output.volume }

  /// Calls `body` with the indices of x, w and y of every product w·x that is part of y and meets an element of x.
  @inlinable public func forEachProduct(_ body: (_ x: Int, _ w: Int, _ y: Int) -> Void) {
    let (perGroup, filtersPerGroup) = (channels / groups, filters / groups)
    forEachMeeting { at, tap, out in
      for image in 0..<batch {
        for filter in 0..<filters {
          for channel in 0..<perGroup {
            let whole = filter / filtersPerGroup * perGroup + channel
            body(
              imageIndex(image, whole, channels, at, input), weightIndex(filter, channel, tap),
              imageIndex(image, filter, filters, out, output))
          }
        }
      }
    }
  }

  /// Every place in x that a tap of the kernel meets, and for which output.
  @inlinable func forEachMeeting(_ body: (_ at: SIMD3<Int>, _ tap: SIMD3<Int>, _ out: SIMD3<Int>) -> Void) {
    for out in 0..<output.volume {
      for tap in 0..<kernel.volume {
        let (out, tap) = (output.place(out), kernel.place(tap))
        let at = out &* stride &+ tap &* dilation &- padBefore
        if all(at .>= 0) && all(at .< input) { body(at, tap, out) }
      }
    }
  }

  /// Where channel `channel` of `channels` of an image lies.
  @inlinable public func imageIndex(_ image: Int, _ channel: Int, _ channels: Int, _ at: SIMD3<Int>, _ size: SIMD3<Int>)
    -> Int
  {
    let (pixels, pixel) = (size.volume, size.index(at))
    return channelsLast
      ? (image * pixels + pixel) * channels + channel : (image * channels + channel) * pixels + pixel
  }

  /// Where a weight lies.
  @inlinable public func weightIndex(_ filter: Int, _ channel: Int, _ tap: SIMD3<Int>) -> Int {
    let perGroup = channels / groups
    let at = kernel.index(flipped ? kernel &- 1 &- tap : tap)
    let taps = kernel.volume
    return filtersFirst ? (filter * perGroup + channel) * taps + at : (at * perGroup + channel) * filters + filter
  }
}

/// Sums of products, as exact as `T.Wide` allows, and what computed ones may differ from them.
public struct ReferenceSums<T: ReferenceScalar>: Sendable {
  public var values: [T.Wide]

  /// Σ|a||b|: the scale on which rounding errors are measured.
  public var scales: [Double]

  @inlinable public init(count: Int) {
    values = Array(repeating: T.Wide(0), count: count)
    scales = Array(repeating: 0, count: count)
  }

  @inlinable public mutating func add(_ a: T, times b: T, to index: Int) {
    values[index] = values[index] + T.Wide(a) * b
    scales[index] += Double(a.magnitude) * Double(b.magnitude)
  }

  /// The error of `got` as a fraction of `roundings`·u·Σ|a||b|: each term of a sum of K products meets at most K + 1
  /// roundings in whatever order they are added [Higham, Accuracy and Stability of Numerical Algorithms, 2002, section
  /// 3.1].  Infinite for a NaN, an infinity, and anything but the exact value where the bound is 0.
  @inlinable public func errorOverBound(of got: T, at index: Int, roundings: Int) -> Double {
    let error = values[index].distance(to: got)
    if error == 0 { return 0 }
    let ratio = error / (Double(roundings) * T.unitRoundoff * scales[index])
    return ratio.isNaN ? .infinity : ratio
  }
}

extension ReferenceConvolution {
  /// y = x ⊛ w.
  @inlinable public func forward<T: ReferenceScalar>(_ x: [T], _ w: [T]) -> ReferenceSums<T> {
    var y = ReferenceSums<T>(count: outputCount)
    forEachProduct { y.add(w[$1], times: x[$0], to: $2) }
    return y
  }

  /// The gradient of x: dx = Σ w·dy.
  @inlinable public func backwardData<T: ReferenceScalar>(_ dy: [T], _ w: [T]) -> ReferenceSums<T> {
    var dx = ReferenceSums<T>(count: inputCount)
    forEachProduct { dx.add(w[$1], times: dy[$2], to: $0) }
    return dx
  }

  /// The gradient of w: dw = Σ dy·x.
  @inlinable public func backwardWeights<T: ReferenceScalar>(_ x: [T], _ dy: [T]) -> ReferenceSums<T> {
    var dw = ReferenceSums<T>(count: weightCount)
    forEachProduct { dw.add(dy[$2], times: x[$0], to: $1) }
    return dw
  }
}

extension SIMD3<Int> {
  /// How many places there are, if these are extents.
  @inlinable public var volume: Int { x * y * z }

  /// The number of a place, if these are extents: the last axis runs fastest.
  @inlinable public func index(_ at: SIMD3<Int>) -> Int { (at.x * y + at.y) * z + at.z }

  /// The place of a number.
  @inlinable public func place(_ index: Int) -> SIMD3<Int> { SIMD3(index / (y * z), index / z % y, index % z) }
}
