/// Sets `y[i]` to erf x[i] = 2/√π · ∫ e^(−t²) dt over 0 … x[i].
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number.
/// - Accuracy: 1 ULP over all `Float`, 2 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: erf(±0) = ±0, erf(±∞) = ±1; odd, bit for bit; NaN gives NaN; empty spans do nothing.
/// - Source: minimax polynomials (`erf.sollya`).
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func erf<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.erf, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its erf, with the bits of ``erf(_:into:isa:threads:)``.
@inlinable
public func erf<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.erf, inPlace: &y, isa: isa, threads: threads)
}

/// The erf of each lane, with the bits of ``erf(_:into:isa:threads:)``.
@inlinable
public func erf<V: KernelVector>(_ x: V) -> V { evaluate(.erf, x) }

/// Sets `y[i]` to erfc x[i] = 1 − erf x[i].
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number; the tail keeps its relative precision down to the smallest number.
/// - Accuracy: 1.5 ULP over all `Float`, 2 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: erfc(−∞) = 2, erfc(±0) = 1, erfc(∞) = +0; NaN gives NaN; empty spans do nothing.
/// - Source: e^(−x²) with x² as a pair [Dekker 1971], minimax polynomials (`erf.sollya`).
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func erfc<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.erfc, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its erfc, with the bits of ``erfc(_:into:isa:threads:)``.
@inlinable
public func erfc<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.erfc, inPlace: &y, isa: isa, threads: threads)
}

/// The erfc of each lane, with the bits of ``erfc(_:into:isa:threads:)``.
@inlinable
public func erfc<V: KernelVector>(_ x: V) -> V { evaluate(.erfc, x) }
