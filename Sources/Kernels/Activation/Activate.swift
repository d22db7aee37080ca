internal import CKernels

/// Sets `y[i]` to `activation(x[i])`.
///
/// ```swift
/// try activate(.swish(beta: 1.5), x.span, into: &y)
/// ```
///
/// - Parameters:
///   - activation: the function and its parameters.
///   - x: the arguments.
///   - y: as many results.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: the counts differ, the buffers overlap, `threads` is below 1,
///   a clamp has `lo` above `hi`, CELU an `alpha` of 0 or less, softplus a `beta` of 0.
/// - Accuracy: as the cases of ``Activation`` say.
/// - Edge cases: empty spans do nothing; NaN gives a NaN of unspecified sign and payload.
/// - Threads: the bits depend on `x[i]` and the parameters alone.
@inlinable
public func activate<T: KernelScalar>(
  _ activation: Activation<T>, _ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try _map(_MapFunction(activation), x, into: &y, isa, threads)
}

/// Sets each element of `y` to `activation` of it, with the bits of ``activate(_:_:into:isa:threads:)``.
@inlinable
public func activate<T: KernelScalar>(
  _ activation: Activation<T>, inPlace y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try _map(_MapFunction(activation), inPlace: &y, isa, threads)
}

/// The `activation` of each lane, with the bits of ``activate(_:_:into:isa:threads:)``.
///
/// - Precondition: a clamp has `lo <= hi`, CELU `alpha > 0`, softplus a `beta` other than 0.
@inlinable
public func activate<V: KernelVector>(_ activation: Activation<V.Scalar>, _ x: V) -> V {
  switch activation {
  case .clamp(let lo, let hi): precondition(lo <= hi, "clamp needs lo <= hi")
  case .celu(let alpha): precondition(alpha > 0, "celu needs alpha > 0")
  case .softplus(let beta): precondition(beta != 0, "softplus needs a beta other than 0")
  default: break
  }
  return unsafe _lanes(x) { y, count in unsafe V.Scalar._mapLanes(_MapFunction(activation), count, y) }
}

/// Sets `dx[i]` to `dy[i]·f′(x[i])`, f being the `activation`.
///
/// The derivative is computed from the argument x or from the result y of f, whichever is cheaper:
/// ``Activation/backwardOperand`` says which one is wanted.
///
/// ```swift
/// try activate(.tanh, x.span, into: &y)
/// try activateBackward(.tanh, y.span, dy.span, into: &dx)  // Activation<Float>.tanh.backwardOperand is .y
/// ```
///
/// - Parameters:
///   - activation: the function and its parameters.
///   - operand: x or y of the forward call, as ``Activation/backwardOperand`` says.
///   - dy: the gradient of the loss with respect to y.
///   - dx: the gradient with respect to x.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: counts differ, buffers overlap, `threads` is below 1, or what
///   ``activate(_:_:into:isa:threads:)`` refuses.
/// - Accuracy: 4 ULP of the formula's value for the given operand, where no two of its terms cancel and dy·f′,
///   f′ and its exponential are normal numbers; <doc:Functions> says what comes on top where they are not.
/// - Edge cases: at a kink the derivative is that of the side towards −∞ (0 for ReLU at 0).  NaN gives NaN, but functions
///   made of straight pieces (identity, ReLU, LeakyReLU, clamp, homogeneous, threshold, hardSigmoid) take a NaN for a
///   number above all their kinks.
/// - Threads: the bits depend on `operand[i]`, `dy[i]` and the parameters alone.
@inlinable
public func activateBackward<T: KernelScalar>(
  _ activation: Activation<T>, _ operand: Span<T>, _ dy: Span<T>, into dx: inout MutableSpan<T>, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try unsafe dx.withUnsafeMutableBufferPointer { (dx) throws(KernelError) in
    try unsafe operand.withUnsafeBufferPointer { (operand) throws(KernelError) in
      try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
        // SAFETY: the call ends before the spans close; it compares their counts and finds any overlap.
        try unsafe T._mapBackward(_MapFunction(activation), operand, dy, dx, isa, threads)
      }
    }
  }
}

/// Multiplies each element of `dy` by f′, with the bits of ``activateBackward(_:_:_:into:isa:threads:)``.
@inlinable
public func activateBackward<T: KernelScalar>(
  _ activation: Activation<T>, _ operand: Span<T>, inPlace dy: inout MutableSpan<T>, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try unsafe dy.withUnsafeMutableBufferPointer { (dy) throws(KernelError) in
    try unsafe operand.withUnsafeBufferPointer { (operand) throws(KernelError) in
      // SAFETY: as above; an input that is the output is allowed.
      try unsafe T._mapBackward(_MapFunction(activation), operand, UnsafeBufferPointer(dy), dy, isa, threads)
    }
  }
}

extension Activation {
  /// What a derivative is computed from.
  public enum Operand: Hashable, Sendable {
    /// The argument of the function.
    case x
    /// Its result.
    case y
  }

  /// What ``activateBackward(_:_:_:into:isa:threads:)`` wants: y for sigmoid, tanh and exp, x for all others.
  public var backwardOperand: Operand {
    ck_function_backward_operand(parameters.0) == CK_OPERAND_Y ? .y : .x
  }

  /// The C name of the function and its parameters.
  var parameters: (ck_function, Scalar, Scalar) {
    switch self {
    case .identity: (CK_IDENTITY, 0, 0)
    case .relu: (CK_RELU, 0, 0)
    case .leakyReLU(let alpha): (CK_LEAKY_RELU, alpha, 0)
    case .clamp(let lo, let hi): (CK_CLAMP, lo, hi)
    case .homogeneous(let positive, let negative): (CK_HOMOGENEOUS, positive, negative)
    case .threshold(let at, let value): (CK_THRESHOLD, at, value)
    case .elu(let alpha): (CK_ELU, alpha, 0)
    case .selu: (CK_SELU, 0, 0)
    case .celu(let alpha): (CK_CELU, alpha, 0)
    case .gelu: (CK_GELU, 0, 0)
    case .geluTanh: (CK_GELU_TANH, 0, 0)
    case .silu: (CK_SILU, 0, 0)
    case .swish(let beta): (CK_SWISH, beta, 0)
    case .mish: (CK_MISH, 0, 0)
    case .softplus(let beta): (CK_SOFTPLUS, beta, 0)
    case .softsign: (CK_SOFTSIGN, 0, 0)
    case .sigmoid: (CK_SIGMOID, 0, 0)
    case .logSigmoid: (CK_LOG_SIGMOID, 0, 0)
    case .tanh: (CK_TANH, 0, 0)
    case .hardSigmoid(let slope, let offset): (CK_HARD_SIGMOID, slope, offset)
    case .hardSwish: (CK_HARD_SWISH, 0, 0)
    case .exp: (CK_EXP, 0, 0)
    }
  }
}
