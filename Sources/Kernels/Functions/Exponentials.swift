/// Sets `y[i]` to e^x[i].
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number; overflows to ∞ above 88.72 (709.78), underflows gradually to 0.
/// - Accuracy: 1 ULP over all `Float`, 1 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: exp(±0) = 1, exp(−∞) = +0, exp(∞) = ∞; NaN gives NaN; empty spans do nothing.
/// - Source: reduction by a multiple of ln 2 [Cody, Waite 1980], minimax polynomial (`exp.sollya`).
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func exp<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.exp, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its exp, with the bits of ``exp(_:into:isa:threads:)``.
@inlinable
public func exp<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.exp, inPlace: &y, isa: isa, threads: threads)
}

/// The exp of each lane, with the bits of ``exp(_:into:isa:threads:)``.
@inlinable
public func exp<V: KernelVector>(_ x: V) -> V { evaluate(.exp, x) }

/// Sets `y[i]` to 2^x[i].
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number; overflows to ∞ from 128 (1024) on, underflows gradually to 0.
/// - Accuracy: 1 ULP over all `Float`, 1 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: integers give exact powers; exp2(−∞) = +0, exp2(∞) = ∞; NaN gives NaN; empty spans do nothing.
/// - Source: as ``exp(_:into:isa:threads:)``.
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func exp2<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.exp2, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its exp2, with the bits of ``exp2(_:into:isa:threads:)``.
@inlinable
public func exp2<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.exp2, inPlace: &y, isa: isa, threads: threads)
}

/// The exp2 of each lane, with the bits of ``exp2(_:into:isa:threads:)``.
@inlinable
public func exp2<V: KernelVector>(_ x: V) -> V { evaluate(.exp2, x) }

/// Sets `y[i]` to e^x[i] − 1.
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number; no cancellation near 0.
/// - Accuracy: 1 ULP over all `Float`, 2 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: expm1(±0) = ±0, expm1(−∞) = −1, expm1(∞) = ∞; NaN gives NaN; empty spans do nothing.
/// - Source: as ``exp(_:into:isa:threads:)``, the sum carried as a pair [Dekker 1971].
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func expm1<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.expm1, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its expm1, with the bits of ``expm1(_:into:isa:threads:)``.
@inlinable
public func expm1<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.expm1, inPlace: &y, isa: isa, threads: threads)
}

/// The expm1 of each lane, with the bits of ``expm1(_:into:isa:threads:)``.
@inlinable
public func expm1<V: KernelVector>(_ x: V) -> V { evaluate(.expm1, x) }
