internal import CKernels

/// How operands of different shapes fill one array: each is dense and row-major, but has a single element along the
/// dimensions that it repeats.
///
/// ```swift
/// // A bias for each of 64 channels: 8 images of 56 x 56, channels last, then channels first.
/// let nhwc = try Broadcast([8 * 56 * 56, 64], [64])
/// let nchw = try Broadcast([8, 64, 56 * 56], [64, 1])
/// try combine(.add, x.span, bias.span, into: &y, over: nhwc, activation: .relu)
/// ```
public struct Broadcast: Hashable, Sendable {
  /// Dimensions of the array, at most 8.
  public let rank: Int

  /// Their sizes; those past `rank` are 1.
  public let size: SIMD8<Int>

  /// Bit d of an operand's entry: it has one element along dimension d.
  let repeats: SIMD3<UInt32>

  private init(rank: Int, size: SIMD8<Int>, repeats: SIMD3<UInt32>) {
    (self.rank, self.size, self.repeats) = (rank, size, repeats)
  }

  /// Operands of these shapes, matched by NumPy's rule: from the last dimension on, sizes agree or one of them is 1;
  /// dimensions that a shape lacks are 1.
  ///
  /// - Throws: ``KernelError/Kind/shapeMismatch`` where they disagree, ``KernelError/Kind/negativeSize``, and
  ///   ``KernelError/Kind/badArgument`` above 8 dimensions.
  public init(_ a: [Int], _ b: [Int]) throws(KernelError) { try self.init(shapes: [("a", a), ("b", b)]) }

  /// The same for three operands.
  public init(_ a: [Int], _ b: [Int], _ c: [Int]) throws(KernelError) {
    try self.init(shapes: [("a", a), ("b", b), ("c", c)])
  }

  private init(shapes: [(name: String, sizes: [Int])]) throws(KernelError) {
    let rank = shapes.map(\.sizes.count).max() ?? 0
    guard rank <= 8 else { throw KernelError(.badArgument, operand: "rank", expected: 8, got: rank) }
    var size = SIMD8<Int>(repeating: 1)
    for (name, sizes) in shapes {
      for (d, extent) in zip(rank - sizes.count..<rank, sizes) where extent != 1 {
        guard extent >= 0 else { throw KernelError(.negativeSize, operand: "\(name) size", expected: 0, got: extent) }
        guard size[d] == 1 || size[d] == extent else {
          throw KernelError(.shapeMismatch, operand: "\(name) size", expected: size[d], got: extent)
        }
        size[d] = extent
      }
    }
    var repeats = SIMD3<UInt32>()
    for (k, shape) in shapes.enumerated() {
      let missing = rank - shape.sizes.count
      for d in 0..<rank where d < missing || (shape.sizes[d - missing] == 1 && size[d] != 1) { repeats[k] |= 1 << d }
    }
    self.init(rank: rank, size: size, repeats: repeats)
  }

  /// Operands that all have `count` elements, apart from those in `scalars`, which have one: 0 for a, 1 for b, 2 for c.
  @usableFromInline
  static func dense(_ count: Int, scalars: Int...) -> Broadcast {
    var repeats = SIMD3<UInt32>()
    for scalar in scalars { repeats[scalar] = 1 }
    var size = SIMD8<Int>(repeating: 1)
    size[0] = count
    return Broadcast(rank: 1, size: size, repeats: repeats)
  }

  /// x, then an operand with one element for each channel of x: batch x channels x pixels, or batch x pixels x channels.
  ///
  /// - Parameter third: whether one like x stands between the two.
  @usableFromInline
  static func perChannel(
    _ count: Int, channels: Int, pixels: Int, channelsLast: Bool, third: Bool = false
  ) throws(KernelError) -> Broadcast {
    for (name, size) in [("channels", channels), ("pixels", pixels)] where size < 0 {
      throw KernelError(.negativeSize, operand: name, expected: 0, got: size)
    }
    let (image, overflow) = channels.multipliedReportingOverflow(by: pixels)
    if overflow { throw KernelError(.overflow, operand: "pixels", expected: .max, got: pixels) }
    guard image == 0 ? count == 0 : count % image == 0 else {
      throw KernelError(
        .shapeMismatch, operand: "x count", expected: image, got: count,
        reason: "\(count) elements are no whole images of \(image)")
    }
    let batch = image == 0 ? 0 : count / image
    let whole = channelsLast ? [batch, pixels, channels] : [batch, channels, pixels]
    let each = channelsLast ? [channels] : [channels, 1]
    return third ? try Broadcast(whole, whole, each) : try Broadcast(whole, each)
  }
}

extension Broadcast {
  var shape: ck_broadcast {
    ck_broadcast(
      rank: rank, size: (size[0], size[1], size[2], size[3], size[4], size[5], size[6], size[7]),
      repeats: (repeats[0], repeats[1], repeats[2]))
  }

  /// The elements of an operand, or of the array (-1).
  func count(_ operand: Int32) throws(KernelError) -> Int {
    var shape = shape
    // SAFETY: C reads the structure and keeps nothing of it.
    let count = unsafe ck_broadcast_count(&shape, operand)
    guard count >= 0 else { throw KernelError(.overflow, operand: "size", expected: .max, got: size.max()) }
    return count
  }
}
