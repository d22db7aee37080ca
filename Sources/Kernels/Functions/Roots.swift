/// Sets `y[i]` to 1 / √x[i].
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: x > 0, subnormal numbers included.
/// - Accuracy: 1 ULP over all `Float`, 2 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: rsqrt(±0) = ±∞, rsqrt(∞) = +0, NaN below 0; NaN gives NaN; empty spans do nothing.
/// - Source: two steps of third order (Householder 1970) from the bits of x, division and square root for `Double`; no
///   estimates.
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func rsqrt<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.rsqrt, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its rsqrt, with the bits of ``rsqrt(_:into:isa:threads:)``.
@inlinable
public func rsqrt<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.rsqrt, inPlace: &y, isa: isa, threads: threads)
}

/// The rsqrt of each lane, with the bits of ``rsqrt(_:into:isa:threads:)``.
@inlinable
public func rsqrt<V: KernelVector>(_ x: V) -> V { evaluate(.rsqrt, x) }
