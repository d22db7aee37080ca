internal import CKernels

/// What a resampling is: images of one size, and how those of another follow from them.
///
/// Axes come as depth, height, width; one that an image does not have is 1 long.
///
/// ```swift
/// // 64 channels of 28 x 28, twice as large
/// let twice = Resampling(.linear, channels: 64, input: SIMD3(1, 28, 28), output: SIMD3(1, 56, 56))
/// ```
///
/// A resampling does not check itself when it is made: whatever uses it does.
public struct Resampling: Hashable, Sendable {
  /// Where an output lies between the inputs: at coordinate c, `scale` apart.
  public enum Kind: Hashable, Sendable, CaseIterable {
    /// The element at ⌊c⌋, c = o·scale: PyTorch's "nearest", ONNX's asymmetric floor.
    case nearest
    /// The element at ⌊c⌋, c = (o + ½)·scale: PyTorch's "nearest-exact".
    case nearestCenter
    /// Between the elements beside c = max(0, (o + ½)·scale − ½): PyTorch's `align_corners=False`, ONNX's half_pixel.
    case linear
    /// Between the elements beside c = o·(input − 1)/(output − 1): PyTorch's and ONNX's align_corners.
    case linearCorners
  }

  /// Where an output lies.
  public var kind: Kind
  /// Images and their channels.
  public var batch: Int, channels: Int
  /// The extents of x and of y.
  public var input: SIMD3<Int>, output: SIMD3<Int>
  /// The distance in x between neighbouring outputs; 0 means input / output.
  public var scale: SIMD3<Double>
  /// How x and y lie.
  public var layout: ImageLayout

  /// A resampling from its numbers.
  public init(
    _ kind: Kind, batch: Int = 1, channels: Int, input: SIMD3<Int>, output: SIMD3<Int>,
    scale: SIMD3<Double> = SIMD3(), layout: ImageLayout = .channelsLast
  ) {
    (self.kind, self.batch, self.channels) = (kind, batch, channels)
    (self.input, self.output, self.scale, self.layout) = (input, output, scale, layout)
  }
}

/// Sets y to x resampled.
///
/// - Parameters:
///   - x: batch · channels · input elements.
///   - resampling: the shape, and where outputs lie.
///   - y: batch · channels · output elements.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/negativeSize``,
///   ``KernelError/Kind/overflow``, ``KernelError/Kind/shortBuffer``, ``KernelError/Kind/outOfMemory``, or
///   ``KernelError/Kind/badArgument`` where an extent is below 1 or a `scale` negative or not finite.
/// - Accuracy: the nearest element exactly; linear within 5·u of the interpolated magnitudes for each axis, its
///   coordinates exact; with a `scale` of its own a weight is off by up to 2⁻⁵² times its coordinate.
/// - Edge cases: an output that lies on an element is that element, bit for bit; between two, NaN of either gives NaN,
///   and so do infinities of both signs.  What lies beyond the last element is that one.  An empty batch does nothing.
/// - Threads: the bits do not depend on their number, and are the same on every machine.
@inlinable
public func resample<T: KernelScalar>(
  _ x: Span<T>, _ resampling: Resampling, into y: inout MutableSpan<T>, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      // SAFETY: the call ends before the spans close; exclusivity of `y` rules out overlap; the counts are checked.
      try unsafe T._resample(resampling, backward: false, x, y, threads)
    }
  }
}

/// Sets dx to the gradient with respect to x: the adjoint of ``resample(_:_:into:threads:)``.
///
/// - Parameters:
///   - dy: the gradient of y.
///   - resampling: the shape, and where outputs lie.
///   - dx: batch · channels · input elements.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/negativeSize``,
///   ``KernelError/Kind/overflow``, ``KernelError/Kind/shortBuffer``, ``KernelError/Kind/outOfMemory``, or
///   ``KernelError/Kind/badArgument`` where an extent is below 1 or a `scale` negative or not finite.
/// - Accuracy: within (n + 10)·u of the sum of magnitudes of the n terms.
/// - Edge cases: an element that no output sees gets 0; NaN and infinities propagate.  An empty batch does nothing.
/// - Threads: the bits do not depend on their number, and are the same on every machine.
@inlinable
public func resampleBackward<T: KernelScalar>(
  _ dy: Span<T>, _ resampling: Resampling, into dx: inout MutableSpan<T>, threads: Int? = nil
) throws(KernelError) {
  try unsafe dx.withUnsafeMutableBufferPointer { (dx) throws(KernelError) in
    try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
      // SAFETY: as above.
      try unsafe T._resample(resampling, backward: true, dy, dx, threads)
    }
  }
}

extension Resampling {
  /// The same for C; that the buffers hold what it says.  A shape that C refuses has counts of −1 and passes here.
  func checked(x: Int?, y: Int?, dy: Int?, dx: Int?) throws(KernelError) -> ck_resample {
    let kinds = [
      Kind.nearest: CK_RESAMPLE_NEAREST, .nearestCenter: CK_RESAMPLE_NEAREST_CENTER, .linear: CK_RESAMPLE_LINEAR,
      .linearCorners: CK_RESAMPLE_LINEAR_CORNERS,
    ]
    var shape = ck_resample(
      kind: kinds[kind]!, layout: layout == .channelsLast ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST, batch: batch,
      channels: channels, input: (input.x, input.y, input.z), output: (output.x, output.y, output.z),
      scale: (scale.x, scale.y, scale.z))
    let inputs = unsafe ck_resample_input_count(&shape)
    let outputs = unsafe ck_resample_output_count(&shape)
    for (name, needed, got) in [("x", inputs, x), ("y", outputs, y), ("dy", outputs, dy), ("dx", inputs, dx)] {
      if let got, got < needed { throw KernelError(.shortBuffer, operand: name, expected: needed, got: got) }
    }
    return shape
  }
}
