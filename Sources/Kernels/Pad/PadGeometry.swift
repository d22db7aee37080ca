internal import CKernels

/// What lies around images, in one, two or three dimensions.
///
/// Axes come as depth, height and width; one that images do not have is 1 long and is not padded.  Negative amounts leave
/// out elements.
///
/// ```swift
/// let g = PadGeometry(
///   batch: 8, channels: 3, input: SIMD2(224, 224), before: SIMD2(3, 3), after: SIMD2(3, 3), mode: .reflect)
/// var y = [Float](repeating: 0, count: try g.outputCount)
/// var out = y.mutableSpan
/// try pad(x.span, g, into: &out)
/// ```
public struct PadGeometry: Hashable, Sendable {
  /// What lies beyond the edges.
  public enum Mode: Hashable, Sendable, CaseIterable {
    /// A value, 0 unless the call names another.
    case constant
    /// The image mirrored at its first and last element, as often as needed: 2 1 | 0 1 2 3 | 2 1.
    case reflect
    /// The nearest element: 0 0 | 0 1 2 3 | 3 3.
    case replicate
  }

  /// Images.
  public var batch: Int
  /// Channels of an image.
  public var channels: Int
  /// The extents of an image.
  public var input: SIMD3<Int>
  /// Elements added before the first.
  public var before: SIMD3<Int>
  /// Elements added after the last.
  public var after: SIMD3<Int>
  /// What they are.
  public var mode: Mode
  /// How images lie in memory.
  public var layout: ImageLayout

  /// Images of three dimensions.
  public init(
    batch: Int = 1, channels: Int, input: SIMD3<Int>, before: SIMD3<Int>, after: SIMD3<Int>, mode: Mode = .constant,
    layout: ImageLayout = .channelsLast
  ) {
    (self.batch, self.channels, self.input) = (batch, channels, input)
    (self.before, self.after, self.mode, self.layout) = (before, after, mode, layout)
  }

  /// Images of two dimensions: height and width.
  public init(
    batch: Int = 1, channels: Int, input: SIMD2<Int>, before: SIMD2<Int>, after: SIMD2<Int>, mode: Mode = .constant,
    layout: ImageLayout = .channelsLast
  ) {
    self.init(
      batch: batch, channels: channels, input: SIMD3(1, input.x, input.y), before: SIMD3(0, before.x, before.y),
      after: SIMD3(0, after.x, after.y), mode: mode, layout: layout)
  }

  /// Images of one dimension.
  public init(
    batch: Int = 1, channels: Int, input: Int, before: Int, after: Int, mode: Mode = .constant,
    layout: ImageLayout = .channelsLast
  ) {
    self.init(
      batch: batch, channels: channels, input: SIMD3(1, 1, input), before: SIMD3(0, 0, before),
      after: SIMD3(0, 0, after), mode: mode, layout: layout)
  }
}

extension PadGeometry {
  /// The extents of a padded image.
  public var outputSize: SIMD3<Int> { input &+ before &+ after }

  /// Elements of the images.
  ///
  /// - Throws: ``KernelError/Kind/negativeSize``, also where negative amounts leave less than nothing;
  ///   ``KernelError/Kind/overflow``; ``KernelError/Kind/badArgument`` where an axis without elements is to be padded
  ///   with other than a constant.
  public var inputCount: Int { get throws(KernelError) { try counts().inner } }

  /// Elements of the padded images.
  ///
  /// - Throws: as ``inputCount``.
  public var outputCount: Int { get throws(KernelError) { try counts().outer } }

  private func counts() throws(KernelError) -> (inner: Int, outer: Int) {
    var (shape, fault) = unsafe (shape, ck_fault())
    var (inner, outer) = (0, 0)
    // SAFETY: C reads the shape, writes the others, and keeps nothing of them.
    let status = unsafe ck_pad_measure(&shape, &inner, &outer, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
    return (inner, outer)
  }

  var shape: ck_pad {
    let array = { (x: SIMD3<Int>) in (x.x, x.y, x.z) }
    let code =
      switch mode {
      case .constant: CK_PAD_CONSTANT
      case .reflect: CK_PAD_REFLECT
      case .replicate: CK_PAD_REPLICATE
      }
    return ck_pad(
      batch: batch, channels: channels, input: array(input), before: array(before), after: array(after),
      layout: layout == .channelsLast ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST, mode: code)
  }
}
