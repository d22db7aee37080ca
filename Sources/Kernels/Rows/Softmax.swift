/// Sets every row of `y` to the softmax of the same row of `x`: e^(x_j) / Σ e^(x_i).
///
/// ```swift
/// let logits: [Float] = [1, 2, 3, 1, 1, 1]
/// var p = [Float](repeating: 0, count: 6)
/// var out = p.mutableSpan
/// try softmax(logits.span, AxisShape(rows: 2, columns: 3), into: &out)
/// print(p)  // [0.09003058, 0.24472848, 0.66524094, 0.33333334, 0.33333334, 0.33333334]
/// ```
///
/// - Parameters:
///   - x: the buffer that holds the logits.
///   - xShape: where their rows lie in it.
///   - y: the buffer for the result.
///   - yShape: where its rows lie; like those of `x` where nil.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``AxisShape`` says; ``KernelError/Kind/shapeMismatch``
///   where the shapes differ.
/// - Accuracy: 4 ULP in each element, subnormal results within the least magnitude; a row adds up to 1 within (n+2)·u,
///   u = 2⁻²⁴ (`Float`) or 2⁻⁵³ (`Double`).
/// - Edge cases: no finite logits overflow.  A row with a NaN or +∞, or with nothing but −∞, is all NaN; in any other
///   −∞ gives 0.  Empty rows do nothing.
/// - Threads: the bits of a row depend on its elements alone.
@inlinable
public func softmax<T: KernelScalar>(
  _ x: Span<T>, _ xShape: AxisShape, into y: inout MutableSpan<T>, _ yShape: AxisShape? = nil, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try _softmax(log: false, x, xShape, into: &y, yShape, isa: isa, threads: threads)
}

/// Sets every row of `y` to its own softmax.
///
/// As ``softmax(_:_:into:_:isa:threads:)`` with the result in the place of the logits.
@inlinable
public func softmax<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, _ shape: AxisShape, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try _softmax(log: false, inPlace: &y, shape, isa: isa, threads: threads)
}

/// Sets every row of `y` to the logarithm of the softmax of the same row of `x`: x_j − log Σ e^(x_i).
///
/// - Parameters:
///   - x: the buffer that holds the logits.
///   - xShape: where their rows lie in it.
///   - y: the buffer for the result.
///   - yShape: where its rows lie; like those of `x` where nil.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``AxisShape`` says; ``KernelError/Kind/shapeMismatch``
///   where the shapes differ.
/// - Accuracy: within (3·|y| + 2·log n + 6)·u.
/// - Edge cases: as ``softmax(_:_:into:_:isa:threads:)``; −∞ gives −∞, and so
///   does an element that lies further below the greatest than there are numbers.  Nothing is above 0.
/// - Threads: the bits of a row depend on its elements alone.
@inlinable
public func logSoftmax<T: KernelScalar>(
  _ x: Span<T>, _ xShape: AxisShape, into y: inout MutableSpan<T>, _ yShape: AxisShape? = nil, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try _softmax(log: true, x, xShape, into: &y, yShape, isa: isa, threads: threads)
}

/// Sets every row of `y` to the logarithm of its own softmax.
///
/// As ``logSoftmax(_:_:into:_:isa:threads:)`` with the result in the place of the logits.
@inlinable
public func logSoftmax<T: KernelScalar>(
  inPlace y: inout MutableSpan<T>, _ shape: AxisShape, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try _softmax(log: true, inPlace: &y, shape, isa: isa, threads: threads)
}

/// Sets `dx` to the gradient with respect to the logits, from y = softmax x and the gradient with respect to y:
/// dx_j = y_j · (dy_j − Σ y_i·dy_i).
///
/// - Parameters:
///   - y: what ``softmax(_:_:into:_:isa:threads:)`` gave.
///   - dy: the gradient with respect to it.
///   - dx: the buffer for the result.
///   - shape: where the rows lie in all three.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``AxisShape`` says.
/// - Accuracy: with s = Σ y_i·dy_i, S = Σ |y_i·dy_i| and g = min(n, 4096)/L + log₂ L + 3, L = 32 (`Float`) or 16
///   (`Double`): within (2·|dy_j − s| + g·S)·|y_j|·u.
/// - Edge cases: NaN propagates along its row.
/// - Threads: the bits of a row depend on its elements alone.
@inlinable
public func softmaxBackward<T: KernelScalar>(
  _ y: Span<T>, _ dy: Span<T>, into dx: inout MutableSpan<T>, _ shape: AxisShape, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try _softmaxBackward(log: false, y, dy, into: &dx, shape, isa: isa, threads: threads)
}

/// Sets `dx` to the gradient with respect to the logits, from y = logSoftmax x and the gradient with respect to y:
/// dx_j = dy_j − e^(y_j) · Σ dy_i.
///
/// - Parameters:
///   - y: what ``logSoftmax(_:_:into:_:isa:threads:)`` gave.
///   - dy: the gradient with respect to it.
///   - dx: the buffer for the result.
///   - shape: where the rows lie in all three.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``AxisShape`` says.
/// - Accuracy: within (|dx_j| + (g + 2)·e^(y_j)·Σ |dy_i|)·u, g as in ``softmaxBackward(_:_:into:_:isa:threads:)``.
/// - Edge cases: NaN propagates along its row.
/// - Threads: the bits of a row depend on its elements alone.
@inlinable
public func logSoftmaxBackward<T: KernelScalar>(
  _ y: Span<T>, _ dy: Span<T>, into dx: inout MutableSpan<T>, _ shape: AxisShape, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try _softmaxBackward(log: true, y, dy, into: &dx, shape, isa: isa, threads: threads)
}

// MARK: Calls

@inlinable
func _softmax<T: KernelScalar>(
  log: Bool, _ x: Span<T>, _ xShape: AxisShape, into y: inout MutableSpan<T>, _ yShape: AxisShape?, isa: ISA,
  threads: Int?
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      // SAFETY: the call ends before the spans close; exclusivity of `y` rules out overlap; C checks every extent.
      try unsafe T._softmax(log: log, x, xShape, y, yShape ?? xShape, isa: isa, threads: threads)
    }
  }
}

@inlinable
func _softmax<T: KernelScalar>(
  log: Bool, inPlace y: inout MutableSpan<T>, _ shape: AxisShape, isa: ISA, threads: Int?
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    // SAFETY: as above; C takes the output as its input where both have one shape.
    try unsafe T._softmax(log: log, UnsafeBufferPointer(y), shape, y, shape, isa: isa, threads: threads)
  }
}

@inlinable
func _softmaxBackward<T: KernelScalar>(
  log: Bool, _ y: Span<T>, _ dy: Span<T>, into dx: inout MutableSpan<T>, _ shape: AxisShape, isa: ISA, threads: Int?
) throws(KernelError) {
  try unsafe dx.withUnsafeMutableBufferPointer { (dx) throws(KernelError) in
    try unsafe y.withUnsafeBufferPointer { (y) throws(KernelError) in
      try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
        // SAFETY: the call ends before the spans close; exclusivity of `dx` rules out overlap; C checks every extent.
        try unsafe T._softmaxBackward(log: log, y, dy, dx, shape, isa: isa, threads: threads)
      }
    }
  }
}
