internal import CKernels

/// A function over buffers as C names it, with its parameters.
///
/// Not API: what ``ElementaryFunction`` and ``Activation`` have in common on their way to C.
public struct _MapFunction<T: KernelScalar> {
  let code: ck_function
  let p: T
  let q: T

  @usableFromInline
  init(_ function: ElementaryFunction) {
    (code, p, q) = (function.code, 1, 0)
  }

  @usableFromInline
  init(_ activation: Activation<T>) {
    (code, p, q) = activation.parameters
  }
}

/// y[i] ← f(x[i])
@inlinable
func _map<T: KernelScalar>(
  _ f: _MapFunction<T>, _ x: Span<T>, into y: inout MutableSpan<T>, _ isa: ISA, _ threads: Int?
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      // SAFETY: the call ends before the spans close; it compares their counts and finds any overlap.
      try unsafe T._map(f, x, y, isa, threads)
    }
  }
}

/// y[i] ← f(y[i])
@inlinable
func _map<T: KernelScalar>(
  _ f: _MapFunction<T>, inPlace y: inout MutableSpan<T>, _ isa: ISA, _ threads: Int?
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    // SAFETY: as above; an input that is the output is allowed.
    try unsafe T._map(f, UnsafeBufferPointer(y), y, isa, threads)
  }
}

/// What `change` makes of the lanes of x, which it is given in memory.
@inlinable
func _lanes<V: KernelVector>(_ x: V, _ change: (UnsafeMutablePointer<V.Scalar>, Int) -> Void) -> V {
  var y = x
  unsafe withUnsafeMutablePointer(to: &y) { y in
    // SAFETY: the lanes of a KernelVector lie side by side from its address on.
    unsafe y.withMemoryRebound(to: V.Scalar.self, capacity: V.scalarCount) { unsafe change($0, V.scalarCount) }
  }
  return y
}

extension ISA {
  /// The table of ``current``, or of ``best`` where that is an error: for functions that cannot throw.
  // SAFETY: an immutable table with static lifetime, which any thread may read.
  nonisolated(unsafe) static let currentTable: OpaquePointer = unsafe (try? current.table()) ?? ck_isa_at(0)!
}

extension ElementaryFunction {
  var code: ck_function {
    switch self {
    case .exp: CK_EXP
    case .exp2: CK_EXP2
    case .expm1: CK_EXPM1
    case .log: CK_LOG
    case .log2: CK_LOG2
    case .log1p: CK_LOG1P
    case .tanh: CK_TANH
    case .sinh: CK_SINH
    case .cosh: CK_COSH
    case .erf: CK_ERF
    case .erfc: CK_ERFC
    case .sigmoid: CK_SIGMOID
    case .logSigmoid: CK_LOG_SIGMOID
    case .softplus: CK_SOFTPLUS
    case .rsqrt: CK_RSQRT
    case .sin: CK_SIN
    case .cos: CK_COS
    }
  }
}

/// That an operand is as long as the output.
func checkCount(_ operand: String, _ expected: Int, _ got: Int) throws(KernelError) {
  if expected != got { throw KernelError(.shapeMismatch, operand: operand, expected: expected, got: got) }
}
