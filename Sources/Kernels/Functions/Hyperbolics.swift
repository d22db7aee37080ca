/// Sets `y[i]` to tanh x[i].
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number.
/// - Accuracy: 1 ULP over all `Float`, 1 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: tanh(±0) = ±0, tanh(±∞) = ±1; odd, bit for bit; NaN gives NaN; empty spans do nothing.
/// - Source: expm1 as a pair, quotient of pairs [Dekker 1971] (`exp.sollya`).
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func tanh<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.tanh, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its tanh, with the bits of ``tanh(_:into:isa:threads:)``.
@inlinable
public func tanh<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.tanh, inPlace: &y, isa: isa, threads: threads)
}

/// The tanh of each lane, with the bits of ``tanh(_:into:isa:threads:)``.
@inlinable
public func tanh<V: KernelVector>(_ x: V) -> V { evaluate(.tanh, x) }

/// Sets `y[i]` to sinh x[i].
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number; overflows beyond ±89.42 (±710.48).
/// - Accuracy: 1 ULP over all `Float`, 2 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: sinh(±0) = ±0, sinh(±∞) = ±∞; odd, bit for bit; NaN gives NaN; empty spans do nothing.
/// - Source: e^x and e^−x as pairs [Dekker 1971].
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func sinh<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.sinh, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its sinh, with the bits of ``sinh(_:into:isa:threads:)``.
@inlinable
public func sinh<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.sinh, inPlace: &y, isa: isa, threads: threads)
}

/// The sinh of each lane, with the bits of ``sinh(_:into:isa:threads:)``.
@inlinable
public func sinh<V: KernelVector>(_ x: V) -> V { evaluate(.sinh, x) }

/// Sets `y[i]` to cosh x[i].
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number; overflows beyond ±89.42 (±710.48).
/// - Accuracy: 1 ULP over all `Float`, 2 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: cosh(±0) = 1, cosh(±∞) = ∞; even, bit for bit; NaN gives NaN; empty spans do nothing.
/// - Source: e^x and e^−x as pairs [Dekker 1971].
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func cosh<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.cosh, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its cosh, with the bits of ``cosh(_:into:isa:threads:)``.
@inlinable
public func cosh<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.cosh, inPlace: &y, isa: isa, threads: threads)
}

/// The cosh of each lane, with the bits of ``cosh(_:into:isa:threads:)``.
@inlinable
public func cosh<V: KernelVector>(_ x: V) -> V { evaluate(.cosh, x) }
