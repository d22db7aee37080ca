/// Sets y to the pooling of x.
///
/// ```swift
/// var y = [Float](repeating: 0, count: 64 * 56 * 56)
/// var out = y.mutableSpan
/// try pool(
///   x.span, Pooling(.max, channels: 64, input: SIMD2(112, 112), kernel: SIMD2(2, 2)), into: &out)
/// ```
///
/// - Parameters:
///   - x: batch · channels · input elements.
///   - pooling: the shape, and what becomes of a window.
///   - y: batch · channels · output elements.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``Pooling/outputSize`` throws;
///   ``KernelError/Kind/shortBuffer``; ``KernelError/Kind/outOfMemory``.
/// - Accuracy: a maximum is exact; an average of n elements is within n·u of the mean of magnitudes, u = 2⁻²⁴ (`Float`)
///   or 2⁻⁵³ (`Double`); a p-norm within ((n + p − 2)/p + 4)·u, barring overflow and underflow of powers.
/// - Edge cases: a window with a NaN gives NaN; one without any element of x gives −∞ (maximum) or 0.  An empty batch
///   does nothing.
/// - Threads: the bits do not depend on their number, the place in the batch, nor on which ``ISA`` ran.
@inlinable
public func pool<T: KernelScalar>(
  _ x: Span<T>, _ pooling: Pooling, into y: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      // SAFETY: the call ends before the spans close; exclusivity of `y` rules out overlap; the counts are checked.
      try unsafe T._pool(_PoolCall(pooling, x: x, y: y, isa: isa, threads: threads))
    }
  }
}

/// Sets y to the largest element of each window of x, and `indices` to where it lies.
///
/// An index counts through depth, height and width of one channel of x.  Of equal elements the one at the lowest index
/// wins, of NaNs the last; a window without any element of x has index −1.
///
/// - Parameters:
///   - x: batch · channels · input elements.
///   - pooling: the shape; its kind is ``Pooling/Kind/max``.
///   - y: batch · channels · output elements.
///   - indices: as many.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``Pooling/outputSize`` throws;
///   ``KernelError/Kind/shortBuffer``; ``KernelError/Kind/outOfMemory``; ``KernelError/Kind/badArgument`` where the
///   kind is another; ``KernelError/Kind/overflow`` where a channel of x has more elements than `Int32` counts.
/// - Accuracy: exact: y is the element at its index, bit for bit.
/// - Edge cases: a window with a NaN gives NaN; one of nothing but −∞ has the index of its first element; one without
///   any element of x gives −∞ and the index −1.  An empty batch does nothing.
/// - Threads: the bits do not depend on their number, the place in the batch, nor on which ``ISA`` ran.
@inlinable
public func pool<T: KernelScalar>(
  _ x: Span<T>, _ pooling: Pooling, into y: inout MutableSpan<T>, indices: inout MutableSpan<Int32>,
  isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe indices.withUnsafeMutableBufferPointer { (indices) throws(KernelError) in
      try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
        // SAFETY: as above.
        try unsafe T._pool(_PoolCall(pooling, x: x, y: y, found: indices, isa: isa, threads: threads))
      }
    }
  }
}

/// Sets dx to the gradient of an average: the sum of dy / divisor over the windows that hold an element.
///
/// - Parameters:
///   - dy: the gradient of y.
///   - pooling: the shape; its kind is ``Pooling/Kind/average(countsPadding:divisor:)``.
///   - dx: batch · channels · input elements.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``Pooling/outputSize`` throws;
///   ``KernelError/Kind/shortBuffer``; ``KernelError/Kind/outOfMemory``; ``KernelError/Kind/badArgument`` where the
///   kind is another.
/// - Accuracy: within (n + 2)·u of the sum of magnitudes of the n terms.
/// - Edge cases: an element that no window holds gets 0; NaN reaches the elements of its window.  An empty batch does
///   nothing.
/// - Threads: the bits do not depend on their number, the place in the batch, nor on which ``ISA`` ran.
@inlinable
public func poolBackward<T: KernelScalar>(
  _ dy: Span<T>, _ pooling: Pooling, into dx: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe dx.withUnsafeMutableBufferPointer { (dx) throws(KernelError) in
    try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
      // SAFETY: as above.
      try unsafe T._poolBackward(_PoolCall(pooling, dy: dy, dx: dx, isa: isa, threads: threads))
    }
  }
}

/// Sets dx to the gradient of a maximum: each element gets the sum of the dy whose index it is.
///
/// - Parameters:
///   - dy: the gradient of y.
///   - indices: what ``pool(_:_:into:indices:isa:threads:)`` wrote; −1 is passed over.
///   - pooling: the shape; its kind is ``Pooling/Kind/max``.
///   - dx: batch · channels · input elements.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``Pooling/outputSize`` throws;
///   ``KernelError/Kind/shortBuffer``; ``KernelError/Kind/outOfMemory``; ``KernelError/Kind/badArgument`` where the
///   kind is another or an index is below −1 or beyond x.
/// - Accuracy: within (n − 1)·u·Σ|dy| of the n terms, added in the order of the outputs; exact where windows do not
///   overlap.
/// - Edge cases: an element that no index names gets 0, also where it equals one that does.  An empty batch does
///   nothing.
/// - Threads: the bits do not depend on their number, the place in the batch, nor on which ``ISA`` ran.
@inlinable
public func poolBackward<T: KernelScalar>(
  _ dy: Span<T>, indices: Span<Int32>, _ pooling: Pooling, into dx: inout MutableSpan<T>, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try unsafe dx.withUnsafeMutableBufferPointer { (dx) throws(KernelError) in
    try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
      try unsafe indices.withUnsafeBufferPointer { (indices) throws(KernelError) in
        // SAFETY: as above.
        try unsafe T._poolBackward(_PoolCall(pooling, dy: dy, indices: indices, dx: dx, isa: isa, threads: threads))
      }
    }
  }
}

/// Sets dx to the gradient of a p-norm: sign(x)·|x|ᵖ⁻¹ times the sum of dy / yᵖ⁻¹ over the windows that hold an element.
///
/// - Parameters:
///   - dy: the gradient of y.
///   - x: what was pooled.
///   - y: what ``pool(_:_:into:isa:threads:)`` made of it; windows where it is 0 pass nothing on.
///   - pooling: the shape; its kind is ``Pooling/Kind/lp(exponent:)``.
///   - dx: batch · channels · input elements.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``Pooling/outputSize`` throws;
///   ``KernelError/Kind/shortBuffer``; ``KernelError/Kind/outOfMemory``; ``KernelError/Kind/badArgument`` where the
///   kind is another.
/// - Accuracy: within (n + 3p)·u of the sum of magnitudes of the n terms, barring overflow and underflow of powers.
/// - Edge cases: windows whose y is 0 or NaN pass nothing on; an x of 0 gets 0 for finite dy, and a NaN in x gives NaN but for
///   exponent 1.  An empty batch does nothing.
/// - Threads: the bits do not depend on their number, the place in the batch, nor on which ``ISA`` ran.
@inlinable
public func poolBackward<T: KernelScalar>(
  _ dy: Span<T>, x: Span<T>, y: Span<T>, _ pooling: Pooling, into dx: inout MutableSpan<T>, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try unsafe dx.withUnsafeMutableBufferPointer { (dx) throws(KernelError) in
    try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
      try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
        try unsafe y.withUnsafeBufferPointer { (y) throws(KernelError) in
          // SAFETY: as above.
          try unsafe T._poolBackward(
            _PoolCall(pooling, pooled: x, output: y, dy: dy, dx: dx, isa: isa, threads: threads))
        }
      }
    }
  }
}
