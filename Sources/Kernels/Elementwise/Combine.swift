/// Sets `y` to `activation(a operation b)`, element by element.
///
/// ```swift
/// try combine(.add, x.span, residual.span, into: &y, activation: .relu)
/// try combine(.divide, x.span, sums.span, into: &y, over: Broadcast([rows, columns], [rows, 1]))
/// ```
///
/// - Parameters:
///   - operation: what to compute.
///   - a: the first operand.
///   - b: the second operand.
///   - y: dense; as many elements as the broadcast array has.
///   - broadcast: the shapes of a and b; where nil, all three have the same count.
///   - activation: the function to apply to the result; any of ``Activation``, with the bits of
///     ``activate(_:_:into:isa:threads:)``.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where a count differs from
///   what `broadcast` says; ``KernelError/Kind/badArgument`` where a parameter of the activation lies outside its
///   domain.
/// - Accuracy: 0.5 ULP, then that of the activation.
/// - Edge cases: empty arrays do nothing; what each operation makes of NaN and of −0 stands beside it.
/// - Threads: an element depends on its operands alone; the bits are the same on every ``ISA``.
@inlinable
public func combine<T: KernelScalar>(
  _ operation: BinaryOperation, _ a: Span<T>, _ b: Span<T>, into y: inout MutableSpan<T>,
  over broadcast: Broadcast? = nil,
  activation: Activation<T> = .identity, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe a.withUnsafeBufferPointer { (a) throws(KernelError) in
      try unsafe b.withUnsafeBufferPointer { (b) throws(KernelError) in
        // SAFETY: the call ends before the spans close; it checks every count and finds any overlap.
        try unsafe T._elementwise(
          _ElementwiseCall(operation, a, b, broadcast ?? .dense(y.count), activation, isa, threads), into: y)
      }
    }
  }
}

/// Sets `y` to `activation(y operation b)`, element by element: as
/// ``combine(_:_:_:into:over:activation:isa:threads:)`` with the result in the place of its first operand, which must not
/// repeat anything.
@inlinable
public func combine<T: KernelScalar>(
  _ operation: BinaryOperation, inPlace y: inout MutableSpan<T>, _ b: Span<T>, over broadcast: Broadcast? = nil,
  activation: Activation<T> = .identity, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe b.withUnsafeBufferPointer { (b) throws(KernelError) in
      let a = UnsafeBufferPointer(y)
      // SAFETY: as above; an operand that is the output is allowed where it repeats nothing, which C checks.
      try unsafe T._elementwise(
        _ElementwiseCall(operation, a, b, broadcast ?? .dense(y.count), activation, isa, threads), into: y)
    }
  }
}

/// Sets `y` to `activation(operation(a, b, c))`, element by element.
///
/// ```swift
/// // A folded batch normalisation: a scale and a shift for each channel, and ReLU, in one pass.
/// let shape = try Broadcast([pixels, channels], [channels], [channels])
/// try combine(.multiplyAdd, x.span, scale.span, shift.span, into: &y, over: shape, activation: .relu)
/// ```
///
/// - Parameters:
///   - operation: what to compute.
///   - a: the first operand.
///   - b: the second operand.
///   - c: the third operand.
///   - y: dense; as many elements as the broadcast array has.
///   - broadcast: the shapes of a, b and c; where nil, all four have the same count.
///   - activation: the function to apply to the result.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where a count differs from
///   what `broadcast` says; ``KernelError/Kind/badArgument`` where a parameter of the activation lies outside its
///   domain.
/// - Accuracy: 0.5 ULP, then that of the activation.
/// - Edge cases: empty arrays do nothing.
/// - Threads: an element depends on its operands alone; the bits are the same on every ``ISA``.
@inlinable
public func combine<T: KernelScalar>(
  _ operation: TernaryOperation, _ a: Span<T>, _ b: Span<T>, _ c: Span<T>, into y: inout MutableSpan<T>,
  over broadcast: Broadcast? = nil, activation: Activation<T> = .identity, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe a.withUnsafeBufferPointer { (a) throws(KernelError) in
      try unsafe b.withUnsafeBufferPointer { (b) throws(KernelError) in
        try unsafe c.withUnsafeBufferPointer { (c) throws(KernelError) in
          // SAFETY: as above.
          var call = unsafe _ElementwiseCall(operation, a, b, broadcast ?? .dense(y.count), activation, isa, threads)
          unsafe call.c = c
          try unsafe T._elementwise(call, into: y)
        }
      }
    }
  }
}
