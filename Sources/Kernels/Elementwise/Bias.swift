/// Sets `y` to `activation(x + bias)`, where `bias` has one element for each channel.
///
/// ```swift
/// try addBias(x.span, bias.span, into: &y, channels: 64, pixels: 56 * 56, channelsLast: true, activation: .relu)
/// ```
///
/// - Parameters:
///   - x: images of `pixels` x `channels` (NHWC) or `channels` x `pixels` (NCHW) elements, as many as there are.
///   - bias: an element for each channel.
///   - y: as many elements as x has.
///   - channels: channels of an image.
///   - pixels: the product of an image's other extents; 1 for rows of features.
///   - channelsLast: NHWC; otherwise NCHW.
///   - activation: the function to apply to the result.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/negativeSize``,
///   ``KernelError/Kind/overflow``, or ``KernelError/Kind/shapeMismatch`` where a count differs or x is no whole
///   images; ``KernelError/Kind/badArgument`` where a parameter of the activation lies outside its domain.
/// - Accuracy: 0.5 ULP, then that of the activation.
/// - Edge cases: no images do nothing.
/// - Threads: an element depends on its operands alone; the bits are the same on every ``ISA``.
@inlinable
public func addBias<T: KernelScalar>(
  _ x: Span<T>, _ bias: Span<T>, into y: inout MutableSpan<T>, channels: Int, pixels: Int = 1, channelsLast: Bool,
  activation: Activation<T> = .identity, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  let shape = try Broadcast.perChannel(x.count, channels: channels, pixels: pixels, channelsLast: channelsLast)
  do throws(KernelError) {
    try combine(.add, x, bias, into: &y, over: shape, activation: activation, isa: isa, threads: threads)
  } catch {
    throw error.renamed(a: "x", b: "bias")
  }
}

/// Sets `db` to the gradient of a bias per channel: the sum of `dy` over all images and pixels of each channel.
///
/// - Parameters:
///   - dy: the gradient with respect to the sums that the bias was added to; see ``addBias(_:_:into:channels:pixels:channelsLast:activation:isa:threads:)``.
///   - db: an element for each channel.
///   - pixels: the product of an image's extents other than channels; 1 for rows of features.
///   - channelsLast: NHWC; otherwise NCHW.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/negativeSize``,
///   ``KernelError/Kind/overflow``, or ``KernelError/Kind/shapeMismatch`` where dy is no whole images.
/// - Accuracy: within min(n, 261 + log₂ n)·u·Σ|dy| of a channel's n elements, u = 2⁻²⁴ (`Float`) or 2⁻⁵³ (`Double`);
///   exact on integers while every partial sum is one below 1/u.
/// - Edge cases: no images or pixels give zeros; NaN and infinities propagate within their channel.
/// - Threads: the order of the sum follows from the shape alone; the bits are the same on every ``ISA``.
@inlinable
public func biasGradient<T: KernelScalar>(
  _ dy: Span<T>, into db: inout MutableSpan<T>, pixels: Int = 1, channelsLast: Bool, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try unsafe db.withUnsafeMutableBufferPointer { (db) throws(KernelError) in
    try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
      // SAFETY: the call ends before the spans close; it checks their counts and finds any overlap.
      try unsafe T._biasGradient(dy, db, pixels: pixels, channelsLast: channelsLast, isa, threads)
    }
  }
}
