/// Sets `y` to x where x ≥ 0 and to slope·x elsewhere, with a slope for each channel.
///
/// ```swift
/// try prelu(x.span, slopes.span, into: &y, pixels: 56 * 56, channelsLast: true)
/// try preluBackward(x.span, slopes.span, dy.span, into: &dx, slopeGradient: &da, pixels: 56 * 56, channelsLast: true)
/// ```
///
/// As the last step of a product or a convolution the same slopes, given there as `slopes`, give the same bits.
///
/// - Parameters:
///   - x: images of `pixels` x channels (NHWC) or channels x `pixels` (NCHW) elements, as many as there are.
///   - slopes: an element for each channel; a single one, with a single pixel, is that of all elements.
///   - y: as many elements as x has.
///   - pixels: the product of an image's extents other than channels; 1 for rows of features.
///   - channelsLast: NHWC; otherwise NCHW.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/negativeSize``,
///   ``KernelError/Kind/overflow``, or ``KernelError/Kind/shapeMismatch`` where a count differs or x is no whole
///   images.
/// - Accuracy: 0.5 ULP.  [He, Zhang, Ren, Sun 2015]
/// - Edge cases: no images do nothing; NaN stays NaN, and −0 stays −0.
/// - Threads: an element depends on its operands alone; the bits are the same on every ``ISA``.
@inlinable
public func prelu<T: KernelScalar>(
  _ x: Span<T>, _ slopes: Span<T>, into y: inout MutableSpan<T>, pixels: Int = 1, channelsLast: Bool,
  isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  let shape = try Broadcast.perChannel(x.count, channels: slopes.count, pixels: pixels, channelsLast: channelsLast)
  do throws(KernelError) {
    try combine(.prelu, x, slopes, into: &y, over: shape, isa: isa, threads: threads)
  } catch {
    throw error.renamed(a: "x", b: "slopes")
  }
}

/// Sets `dx` and `da` to the gradients of PReLU with respect to x and to its slopes.
///
/// dx is dy where x > 0 and slope·dy elsewhere; da is the sum of x·dy over the elements of its channel with x ≤ 0.
///
/// - Parameters:
///   - x: the arguments of ``prelu(_:_:into:pixels:channelsLast:isa:threads:)``.
///   - slopes: an element for each channel.
///   - dy: the gradient with respect to y.
///   - dx: as many elements as x has.
///   - da: as many elements as there are slopes.
///   - pixels: the product of an image's extents other than channels; 1 for rows of features.
///   - channelsLast: NHWC; otherwise NCHW.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/negativeSize``,
///   ``KernelError/Kind/overflow``, or ``KernelError/Kind/shapeMismatch`` where a count differs or x is no whole
///   images.
/// - Accuracy: dx 0.5 ULP; da within min(n + 1, 262 + log₂ n)·u·Σ|x·dy| of a channel's n elements, u = 2⁻²⁴ (`Float`) or
///   2⁻⁵³ (`Double`).
/// - Edge cases: at x = 0 the derivative is that of the side towards −∞; for a NaN in x dx is dy and da is NaN.
/// - Threads: the order of each sum follows from the shape alone; the bits are the same on every ``ISA``.
@inlinable
public func preluBackward<T: KernelScalar>(
  _ x: Span<T>, _ slopes: Span<T>, _ dy: Span<T>, into dx: inout MutableSpan<T>,
  slopeGradient da: inout MutableSpan<T>, pixels: Int = 1, channelsLast: Bool, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  let shape = try Broadcast.perChannel(
    x.count, channels: slopes.count, pixels: pixels, channelsLast: channelsLast, third: true)
  for (operand, needed, given) in [
    ("dy count", x.count, dy.count), ("dx count", x.count, dx.count), ("da count", slopes.count, da.count),
  ] where needed != given {
    throw KernelError(.shapeMismatch, operand: operand, expected: needed, got: given)
  }
  try unsafe da.withUnsafeMutableBufferPointer { (da) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
        // SAFETY: the call ends before the spans close; it checks their counts and finds any overlap.
        try unsafe T._preluGradient(x, dy, da, pixels: pixels, channelsLast: channelsLast, isa, threads)
      }
    }
  }
  try combine(.preluBackward, x, dy, slopes, into: &dx, over: shape, isa: isa, threads: threads)
}
