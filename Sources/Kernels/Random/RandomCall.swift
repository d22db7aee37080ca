/// A distribution with its parameters, or dropout.
///
/// Not API: what the public functions have in common on their way to C.
public enum _Distribution<T: KernelScalar>: Sendable {
  case uniform(T, T)
  case normal(T, T)
  case bernoulli(Double)
  case dropout(Double)

  @usableFromInline
  init(_ scheme: Initialization, _ fans: Fans) throws(KernelError) {
    try scheme.check(fans)
    if scheme.isNormal {
      self = .normal(0, T(scheme.deviation(fans)))
    } else {
      let bound = T(scheme.bound(fans))
      self = .uniform(-bound, bound)
    }
  }
}

/// y[i] ← a number of the distribution.
@inlinable
func _draw<T: KernelScalar>(
  _ distribution: _Distribution<T>, into y: inout MutableSpan<T>, _ source: RandomSource, _ isa: ISA, _ threads: Int?
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    // SAFETY: the call ends before the span closes; no distribution but dropout reads an input, here the output itself.
    try unsafe T._random(distribution, source, UnsafeBufferPointer(y), y, isa, threads)
  }
}
