internal import CKernels

/// The norm of gradients in any number of buffers, and their clipping by it: PyTorch's `clip_grad_norm_`.
///
/// ```swift
/// var norm = GradientNorm()
/// try norm.add(weightGradient.span)
/// try norm.add(biasGradient.span)
/// try norm.clip(&weightGradientSpan, to: 1)
/// try norm.clip(&biasGradientSpan, to: 1)
/// ```
public struct GradientNorm: Hashable, Sendable {
  /// The sum of the squares of all elements so far.
  public private(set) var sumOfSquares = 0.0

  /// The norm of nothing, 0.
  public init() {}

  /// √``sumOfSquares``, the L2 norm of all elements so far.
  public var value: Double { sumOfSquares.squareRoot() }

  /// Adds the squares of the elements of `gradient`.
  ///
  /// - Throws: ``KernelError/Kind/badArgument`` where `threads` is below 1.
  /// - Accuracy: chunks of 4096 elements are summed in the type, in the lanes that a product with one column uses, and
  ///   their sums in `Double`: relative error at most (4096/L + log₂ L + 2)·u with L = 32 lanes (`Float`) or 16 (`Double`),
  ///   barring overflow and underflow of squares, which those of `Float` are safe from.
  /// - Edge cases: an empty span adds nothing.  NaN makes ``value`` NaN; squares of `Double` that overflow make it
  ///   infinite.
  /// - Threads: the order of summation depends on the count of elements alone.
  @inlinable
  public mutating func add<T: KernelScalar>(
    _ gradient: Span<T>, isa: ISA = .current, threads: Int? = nil
  ) throws(KernelError) {
    var sum = sumOfSquares
    try unsafe gradient.withUnsafeBufferPointer { (gradient) throws(KernelError) in
      // SAFETY: the call ends before the span closes.
      try unsafe T._addSquares(gradient, &sum, isa, threads)
    }
    replace(sum)
  }

  @usableFromInline
  mutating func replace(_ sum: Double) { sumOfSquares = sum }

  /// min(1, maxNorm / (norm + 10⁻⁶)): what every element is multiplied by; NaN where the norm is.
  public func factor(for maxNorm: Double) -> Double { ck_clip_factor(sumOfSquares, maxNorm) }

  /// Multiplies the elements of one of the gradients that were added, so that the norm of all is `maxNorm` at most.
  ///
  /// - Throws: ``KernelError/Kind/badArgument`` where `threads` is below 1.
  /// - Accuracy: the factor is rounded to the type, and each product once.
  /// - Edge cases: an empty span is left alone.  A NaN norm makes every element NaN; an infinite one makes finite
  ///   elements 0 and the others NaN.  `maxNorm` is not checked: a negative one turns signs.
  /// - Threads: the bits do not depend on their number, nor on the ``ISA``.
  @inlinable
  public func clip<T: KernelScalar>(
    _ gradient: inout MutableSpan<T>, to maxNorm: Double, isa: ISA = .current, threads: Int? = nil
  ) throws(KernelError) {
    let factor = factor(for: maxNorm)
    try unsafe gradient.withUnsafeMutableBufferPointer { (gradient) throws(KernelError) in
      // SAFETY: the call ends before the span closes.
      try unsafe T._clip(factor, gradient, isa, threads)
    }
  }
}

/// Sets each element g of `gradient` to min(max(g, −limit), limit); NaN stays NaN.  PyTorch's `clip_grad_value_`.
///
/// - Throws: ``KernelError/Kind/badArgument`` where `limit` is negative or NaN, or `threads` below 1.
/// - Accuracy: exact.
/// - Edge cases: an empty span is left alone; an infinite `limit` changes nothing.
/// - Threads: the bits do not depend on their number, nor on the ``ISA``.
@inlinable
public func clipByValue<T: KernelScalar>(
  _ gradient: inout MutableSpan<T>, to limit: T, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  guard limit >= 0 else { throw KernelError(.badArgument, operand: "limit", expected: 0, got: -1) }
  try activate(.clamp(lo: -limit, hi: limit), inPlace: &gradient, isa: isa, threads: threads)
}
