/// Sets `y` to `alpha`·x + y, each element rounded once (BLAS: axpy).
///
/// ```swift
/// try axpy(-0.01, gradient.span, into: &weights)
/// ```
///
/// - Parameters:
///   - alpha: the factor.
///   - x: as many elements as y has.
///   - y: what is added to, and the result.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where the counts differ.
/// - Accuracy: 0.5 ULP.
/// - Edge cases: an `alpha` of 0 still multiplies, so NaN and infinities of x give NaN.
/// - Threads: an element depends on its operands alone; the bits are the same on every ``ISA``.
@inlinable
public func axpy<T: KernelScalar>(
  _ alpha: T, _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      try unsafe withScalar(alpha) { (alpha) throws(KernelError) in
        let shape = Broadcast.dense(y.count, scalars: 0)
        // SAFETY: the call ends before the spans close; it checks every count; an operand that is the output is allowed.
        var call = unsafe _ElementwiseCall(TernaryOperation.multiplyAdd, alpha, x, shape, .identity, isa, threads)
        unsafe call.c = UnsafeBufferPointer(y)
        do throws(KernelError) {
          try unsafe T._elementwise(call, into: y)
        } catch {
          throw error.renamed(a: "alpha", b: "x", c: "y")
        }
      }
    }
  }
}

/// Sets `y` to `alpha`·x, each element rounded once.
///
/// - Parameters:
///   - alpha: the factor.
///   - x: as many elements as y has.
///   - y: the result.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where the counts differ.
/// - Accuracy: 0.5 ULP.
/// - Edge cases: an `alpha` of 0 still multiplies.
/// - Threads: an element depends on its operands alone; the bits are the same on every ``ISA``.
@inlinable
public func scale<T: KernelScalar>(
  _ alpha: T, _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      // SAFETY: the call ends before the spans close; it checks every count and finds any overlap.
      try unsafe scaled(alpha, x, y, isa, threads)
    }
  }
}

/// Multiplies each element of `y` by `alpha`, as ``scale(_:_:into:isa:threads:)`` does.
@inlinable
public func scale<T: KernelScalar>(
  _ alpha: T, inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    // SAFETY: as above; an operand that is the output is allowed.
    try unsafe scaled(alpha, UnsafeBufferPointer(y), y, isa, threads)
  }
}

@inlinable
func scaled<T: KernelScalar>(
  _ alpha: T, _ x: UnsafeBufferPointer<T>, _ y: UnsafeMutableBufferPointer<T>, _ isa: ISA, _ threads: Int?
) throws(KernelError) {
  try unsafe withScalar(alpha) { (alpha) throws(KernelError) in
    let shape = Broadcast.dense(y.count, scalars: 0)
    do throws(KernelError) {
      // SAFETY: the callers hold the spans open.
      try unsafe T._elementwise(
        _ElementwiseCall(BinaryOperation.multiply, alpha, x, shape, .identity, isa, threads), into: y)
    } catch {
      throw error.renamed(a: "alpha", b: "x")
    }
  }
}

/// A buffer of the one element `x`.
@inlinable
func withScalar<T: KernelScalar>(
  _ x: T, _ body: (UnsafeBufferPointer<T>) throws(KernelError) -> Void
) throws(KernelError) {
  try unsafe withUnsafePointer(to: x) { (x) throws(KernelError) in
    try unsafe body(UnsafeBufferPointer(start: x, count: 1))
  }
}

/// Converts each element of `x`, rounding to nearest; beyond the range of `Float` lie the infinities.
///
/// - Parameters:
///   - x: as many elements as y has.
///   - y: the result.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where the counts differ.
/// - Accuracy: 0.5 ULP, subnormal results included; NaN stays NaN.
/// - Edge cases: empty spans do nothing.
/// - Threads: the bits are the same whatever ran.
public func convert(
  _ x: Span<Double>, into y: inout MutableSpan<Float>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      try unsafe Float._convert(x, into: y, isa, threads)
    }
  }
}

/// Converts each element of `x`, exactly; NaN stays NaN.
///
/// - Parameters:
///   - x: as many elements as y has.
///   - y: the result.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where the counts differ.
/// - Accuracy: exact.
/// - Edge cases: empty spans do nothing.
/// - Threads: the bits are the same whatever ran.
public func convert(
  _ x: Span<Float>, into y: inout MutableSpan<Double>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      try unsafe Double._convert(x, into: y, isa, threads)
    }
  }
}
