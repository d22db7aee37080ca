/// Sets `y[i]` to 0·`x[i]` with probability `p`, and to `x[i]`/(1 − `p`) otherwise: inverted dropout.
///
/// An element is dropped where u < p, u being what ``randomUniform(into:in:from:isa:threads:)`` gives from the same
/// source.  So no mask is stored: the backward call computes it again from the source.
///
/// ```swift
/// let source = RandomSource(seed: 42, stream: step)
/// try dropout(x.span, into: &y, p: 0.5, from: source)
/// try dropoutBackward(dy.span, into: &dx, p: 0.5, from: source)  // the same mask
/// ```
///
/// - Parameters:
///   - x: the elements.
///   - y: as many results.
///   - p: the probability of dropping an element, 0 ..< 1.
///   - source: the element of a sequence that decides about `x[0]`.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/badArgument`` where `p` is outside 0 ..< 1,
///   ``KernelError/Kind/shapeMismatch`` where the counts differ, ``KernelError/Kind/overlap``,
///   ``KernelError/Kind/overflow`` where the sequence ends.
/// - Accuracy: one rounding of `x[i]` times 1/(1 − `p`), which is computed in `Double` and rounded to the type.
/// - Edge cases: `p` of 0 copies bit for bit, signalling NaNs too; a dropped NaN or infinity gives NaN; a `p` that is 1
///   when rounded to the type, of `Float` from 1 − 2⁻²⁵ on, drops every element.
/// - Threads: as ``randomUniform(into:in:from:isa:threads:)``.
@inlinable
public func dropout<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, p: Double, from source: RandomSource, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      // SAFETY: the call ends before the spans close; it compares their counts and finds any overlap.
      try unsafe T._random(.dropout(p), source, x, y, isa, threads)
    }
  }
}

/// Drops elements of `y` in place, with the bits of ``dropout(_:into:p:from:isa:threads:)``.
@inlinable
public func dropout<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, p: Double, from source: RandomSource, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    // SAFETY: as above; an input that is the output is allowed.
    try unsafe T._random(.dropout(p), source, UnsafeBufferPointer(y), y, isa, threads)
  }
}

/// Sets `dx[i]` to the gradient of ``dropout(_:into:p:from:isa:threads:)``: `dy[i]` times the factor that `x[i]` had.
///
/// - Parameters:
///   - dy: the gradient of the loss with respect to y.
///   - dx: the gradient with respect to x.
///   - p: as in the forward call.
///   - source: as in the forward call, which gives the same mask.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: as the forward call.
@inlinable
public func dropoutBackward<T: KernelScalar>(
  _ dy: Span<T>, into dx: inout MutableSpan<T>, p: Double, from source: RandomSource, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try dropout(dy, into: &dx, p: p, from: source, isa: isa, threads: threads)
}

/// Replaces dy by dx in place, with the bits of ``dropoutBackward(_:into:p:from:isa:threads:)``.
@inlinable
public func dropoutBackward<T: KernelScalar>(
  inPlace dy: inout MutableSpan<T>, p: Double, from source: RandomSource, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try dropout(inPlace: &dy, p: p, from: source, isa: isa, threads: threads)
}
