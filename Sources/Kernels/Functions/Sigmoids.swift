/// Sets `y[i]` to 1 / (1 + e^−x[i]).
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number; the left tail keeps its relative precision.
/// - Accuracy: 1 ULP over all `Float`, 1 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: sigmoid(−∞) = +0, sigmoid(±0) = ½, sigmoid(∞) = 1; NaN gives NaN; empty spans do nothing.
/// - Source: e^x as a pair, quotient of pairs [Dekker 1971].
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func sigmoid<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.sigmoid, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its sigmoid, with the bits of ``sigmoid(_:into:isa:threads:)``.
@inlinable
public func sigmoid<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.sigmoid, inPlace: &y, isa: isa, threads: threads)
}

/// The sigmoid of each lane, with the bits of ``sigmoid(_:into:isa:threads:)``.
@inlinable
public func sigmoid<V: KernelVector>(_ x: V) -> V { evaluate(.sigmoid, x) }

/// Sets `y[i]` to −log(1 + e^−x[i]).
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number; neither end cancels or overflows.
/// - Accuracy: 1 ULP over all `Float`, 2 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: logSigmoid(−∞) = −∞, logSigmoid(∞) = −0; NaN gives NaN; empty spans do nothing.
/// - Source: −softplus(−x).
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func logSigmoid<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.logSigmoid, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its logSigmoid, with the bits of ``logSigmoid(_:into:isa:threads:)``.
@inlinable
public func logSigmoid<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.logSigmoid, inPlace: &y, isa: isa, threads: threads)
}

/// The logSigmoid of each lane, with the bits of ``logSigmoid(_:into:isa:threads:)``.
@inlinable
public func logSigmoid<V: KernelVector>(_ x: V) -> V { evaluate(.logSigmoid, x) }

/// Sets `y[i]` to log(1 + e^x[i]).
///
/// - Parameters:
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Domain: every number; neither end cancels or overflows.
/// - Accuracy: 1 ULP over all `Float`, 2 ULP over `Double`; <doc:Functions> has the worst input.
/// - Edge cases: softplus(−∞) = +0, softplus(∞) = ∞; NaN gives NaN; empty spans do nothing.
/// - Source: max(x, 0) + log1p(e^−|x|) as pairs [Dekker 1971] (`softplus.sollya`).
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func softplus<T: KernelScalar>(
  _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.softplus, x, into: &y, isa: isa, threads: threads)
}

/// Sets each element of `y` to its softplus, with the bits of ``softplus(_:into:isa:threads:)``.
@inlinable
public func softplus<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try evaluate(.softplus, inPlace: &y, isa: isa, threads: threads)
}

/// The softplus of each lane, with the bits of ``softplus(_:into:isa:threads:)``.
@inlinable
public func softplus<V: KernelVector>(_ x: V) -> V { evaluate(.softplus, x) }
