/// A function of one element that needs no parameter.
///
/// Each case is also a free function of that name, over spans, in place, and over `SIMD` vectors:
///
/// ```swift
/// try tanh(x.span, into: &y)          // y[i] = tanh(x[i])
/// try tanh(inPlace: &y)               // y[i] = tanh(y[i])
/// let v = tanh(SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7))
/// try evaluate(.tanh, x.span, into: &y)  // where the function is a value
/// ```
///
/// All forms give the same bits for the same element, whatever its position, the length of the buffer, the number of
/// threads and the instruction set.  <doc:Functions> has the table of their errors over all floats.
///
/// There is no form for a single number: next to the C library's functions of the same names, which of the two a call
/// means would depend on what else the file imports, and the two differ in their last bit.
public enum ElementaryFunction: String, CaseIterable, Hashable, Sendable {
  /// e^x
  case exp
  /// 2^x
  case exp2
  /// e^x − 1
  case expm1
  /// The natural logarithm.
  case log
  /// The logarithm to base 2.
  case log2
  /// log(1 + x)
  case log1p
  /// (e^x − e^−x) / (e^x + e^−x)
  case tanh
  /// (e^x − e^−x) / 2
  case sinh
  /// (e^x + e^−x) / 2
  case cosh
  /// 2/√π times the integral of e^(−t²) over 0 … x
  case erf
  /// 1 − erf(x)
  case erfc
  /// 1 / (1 + e^−x)
  case sigmoid
  /// −log(1 + e^−x)
  case logSigmoid
  /// log(1 + e^x)
  case softplus
  /// 1 / √x
  case rsqrt
  /// The sine of x radians.
  case sin
  /// The cosine of x radians.
  case cos
}

/// Sets `y[i]` to `function(x[i])`.
///
/// - Parameters:
///   - function: which one.
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1.
/// - Accuracy: as the function of that name says.
/// - Edge cases: empty spans do nothing; NaN gives a NaN of unspecified sign and payload.
/// - Threads: the bits depend on `x[i]` alone.
@inlinable
public func evaluate<T: KernelScalar>(
  _ function: ElementaryFunction, _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try _map(_MapFunction(function), x, into: &y, isa, threads)
}

/// Sets each element of `y` to its `function`.
///
/// The bits are those of ``evaluate(_:_:into:isa:threads:)``, and so is everything else.
@inlinable
public func evaluate<T: KernelScalar>(
  _ function: ElementaryFunction, inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try _map(_MapFunction(function), inPlace: &y, isa, threads)
}

/// The `function` of each lane.
///
/// The bits are those of ``evaluate(_:_:into:isa:threads:)``.  The instruction set is ``ISA/current``, or ``ISA/best``
/// where the environment names one that cannot run: a function without errors has nobody to tell, and the bits are the
/// same.
@inlinable
public func evaluate<V: KernelVector>(_ function: ElementaryFunction, _ x: V) -> V {
  unsafe _lanes(x) { y, count in unsafe V.Scalar._mapLanes(function, count, y) }
}
