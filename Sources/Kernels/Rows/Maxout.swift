/// Sets `y[r]` to the greatest of the pieces of unit r.  [Goodfellow et al. 2013]
///
/// A unit is a row of `shape`, its pieces are the row's elements: with k neighbouring channels for each of `units` units,
///
/// ```swift
/// let nchw = AxisShape(of: [batch * units, k, pixels], axis: 1)
/// let nhwc = AxisShape(of: [batch * pixels * units, k], axis: 1)
/// try maxout(x.span, nchw, into: &y)
/// try maxoutBackward(x.span, dy.span, into: &dx, nchw)
/// ```
///
/// This is ``Reduction/max``, under its name in networks.
///
/// - Parameters:
///   - x: the buffer that holds the pieces.
///   - shape: where they lie in it; row (o, i) is number `o * inner + i`.
///   - y: one element for each unit.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``AxisShape`` says.
/// - Accuracy: exact.
/// - Edge cases: NaN where a piece is one; a zero is +0.
/// - Threads: the result does not depend on their number.
@inlinable
public func maxout<T: KernelScalar>(
  _ x: Span<T>, _ shape: AxisShape, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try reduce(x, shape, .max, into: &y, isa: isa, threads: threads)
}

/// Sets `dx` to the gradient of ``maxout(_:_:into:isa:threads:)``, and so of ``Reduction/max``: `dy[r]` at the place of
/// the greatest piece of unit r, +0 at the others.
///
/// - Parameters:
///   - x: the buffer that holds the pieces.
///   - dy: one element for each unit.
///   - dx: the buffer for the gradient.
///   - shape: where the pieces lie in `x` and in `dx`.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``AxisShape`` says.
/// - Accuracy: exact.
/// - Edge cases: of equal pieces the first gets it, and so does the first NaN: see ``argMax(_:_:into:isa:threads:)``.
/// - Threads: the result does not depend on their number.
@inlinable
public func maxoutBackward<T: KernelScalar>(
  _ x: Span<T>, _ dy: Span<T>, into dx: inout MutableSpan<T>, _ shape: AxisShape, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try unsafe dx.withUnsafeMutableBufferPointer { (dx) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
        // SAFETY: the call ends before the spans close; exclusivity of `dx` rules out overlap; C checks every extent.
        try unsafe T._maxBackward(x, dy, dx, shape, isa: isa, threads: threads)
      }
    }
  }
}
