/// Sets `y[i]` to log x[i], the natural logarithm.
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: x ≥ 0, subnormal numbers included.
/// - Accuracy: 1 ULP over all `Float`, 1 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: log(±0) = −∞, log(1) = +0, log(∞) = ∞, NaN below 0; NaN gives NaN; empty spans do nothing.
/// - Source: exponent and significand in √½ … √2 [Cody, Waite 1980], minimax polynomial (`log.sollya`).
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func log<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.log, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its log, with the bits of ``log(_:into:isa:threads:)``.
@inlinable
public func log<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.log, inPlace: &y, isa: isa, threads: threads)
}

/// The log of each lane, with the bits of ``log(_:into:isa:threads:)``.
@inlinable
public func log<V: KernelVector>(_ x: V) -> V { evaluate(.log, x) }

/// Sets `y[i]` to log₂ x[i].
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: x ≥ 0, subnormal numbers included.
/// - Accuracy: 1 ULP over all `Float`, 2 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: powers of 2 give exact integers; log2(±0) = −∞, log2(∞) = ∞, NaN below 0; NaN gives NaN; empty spans
///   do nothing.
/// - Source: as ``log(_:into:isa:threads:)``.
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func log2<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.log2, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its log2, with the bits of ``log2(_:into:isa:threads:)``.
@inlinable
public func log2<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.log2, inPlace: &y, isa: isa, threads: threads)
}

/// The log2 of each lane, with the bits of ``log2(_:into:isa:threads:)``.
@inlinable
public func log2<V: KernelVector>(_ x: V) -> V { evaluate(.log2, x) }

/// Sets `y[i]` to log(1 + x[i]).
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: x ≥ −1; no cancellation near 0.
/// - Accuracy: 1 ULP over all `Float`, 2 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: log1p(±0) = ±0, log1p(−1) = −∞, log1p(∞) = ∞, NaN below −1; NaN gives NaN; empty spans do nothing.
/// - Source: as ``log(_:into:isa:threads:)``, with 1 + x as a pair [Dekker 1971].
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func log1p<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.log1p, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its log1p, with the bits of ``log1p(_:into:isa:threads:)``.
@inlinable
public func log1p<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.log1p, inPlace: &y, isa: isa, threads: threads)
}

/// The log1p of each lane, with the bits of ``log1p(_:into:isa:threads:)``.
@inlinable
public func log1p<V: KernelVector>(_ x: V) -> V { evaluate(.log1p, x) }
