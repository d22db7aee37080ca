/// Sets `y[i]` to sin x[i], in radians.
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number, reduced by as many bits of π as it takes.
/// - Accuracy: 1 ULP over all `Float`, 2 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: sin(±0) = ±0, NaN at ±∞; odd, bit for bit; NaN gives NaN; empty spans do nothing.
/// - Source: [Cody, Waite 1980] for small, [Payne, Hanek 1983] for large arguments.
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func sin<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.sin, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its sin, with the bits of ``sin(_:into:isa:threads:)``.
@inlinable
public func sin<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.sin, inPlace: &y, isa: isa, threads: threads)
}

/// The sin of each lane, with the bits of ``sin(_:into:isa:threads:)``.
@inlinable
public func sin<V: KernelVector>(_ x: V) -> V { evaluate(.sin, x) }

/// Sets `y[i]` to cos x[i], in radians.
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number, reduced by as many bits of π as it takes.
/// - Accuracy: 1 ULP over all `Float`, 2 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: cos(±0) = 1, NaN at ±∞; even, bit for bit; NaN gives NaN; empty spans do nothing.
/// - Source: as ``sin(_:into:isa:threads:)``.
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func cos<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.cos, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its cos, with the bits of ``cos(_:into:isa:threads:)``.
@inlinable
public func cos<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.cos, inPlace: &y, isa: isa, threads: threads)
}

/// The cos of each lane, with the bits of ``cos(_:into:isa:threads:)``.
@inlinable
public func cos<V: KernelVector>(_ x: V) -> V { evaluate(.cos, x) }
