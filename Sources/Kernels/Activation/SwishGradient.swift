/// The gradient of the parameter of ``Activation/swish(beta:)``: Σ dy·x²·σ(βx)·σ(−βx).
///
/// ```swift
/// try activate(.swish(beta: beta), x.span, into: &y)
/// try activateBackward(.swish(beta: beta), x.span, dy.span, into: &dx)
/// let step = try swishGradient(beta: beta, x.span, dy.span)
/// ```
///
/// - Parameters:
///   - beta: the parameter.
///   - x: the arguments of the forward call.
///   - dy: as many gradients with respect to its results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Returns: the sum; 0 of nothing.
/// - Throws: ``KernelError`` where the counts differ or `threads` is below 1.
/// - Accuracy: within min(n + 8, 269 + log₂ n)·u·Σ|term| of n terms, u = 2⁻²⁴ (`Float`) or 2⁻⁵³ (`Double`), barring
///   overflow and underflow.
/// - Edge cases: NaN propagates; an infinite x counts as the greatest finite number.
/// - Threads: the order of the sum follows from the count alone; the bits are the same on every ``ISA``.
@inlinable
public func swishGradient<T: KernelScalar>(
  beta: T, _ x: Span<T>, _ dy: Span<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) -> T {
  try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
    try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
      // SAFETY: the call ends before the spans close; it compares their counts.
      try unsafe T._swishGradient(beta, x, dy, isa, threads)
    }
  }
}
