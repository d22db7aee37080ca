/// Sets C to `alpha`·A·B + `beta`·C, all three dense and row-major.
///
/// A is m × k, B is k × n and C is m × n.  For other layouts, batches and fused steps see
/// ``gemm(_:_:_:_:into:_:batch:alpha:beta:bias:biasAxis:residual:residualShape:activation:slopes:slopesAxis:isa:threads:)``.
///
/// ```swift
/// let a: [Float] = [1, 2, 3, 4, 5, 6]        // 2 x 3
/// let b: [Float] = [1, 0, 0, 1, 1, 1]        // 3 x 2
/// var c = [Float](repeating: 0, count: 4)    // 2 x 2
/// var out = c.mutableSpan
/// try gemm(a.span, b.span, into: &out, m: 2, n: 2, k: 3)
/// print(c)                                   // [4.0, 5.0, 10.0, 11.0]
/// ```
///
/// - Parameters:
///   - a: m·k elements.
///   - b: k·n elements.
///   - c: m·n elements; not read where `beta` is 0.
///   - m: rows of A and C.
///   - n: columns of B and C.
///   - k: columns of A, rows of B.
///   - alpha: factor of the product; 0 reads neither A nor B.
///   - beta: factor of what C holds already.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/negativeSize``,
///   ``KernelError/Kind/overflow``, ``KernelError/Kind/shortBuffer``, or ``KernelError/Kind/outOfMemory`` for packed
///   operands.
/// - Accuracy: within (k+2)·u·(|alpha|·|A|·|B| + |beta·C|) in each element, u = 2⁻²⁴ (`Float`) or 2⁻⁵³ (`Double`);
///   exact on integers while every partial sum is an integer below 1/u.
/// - Edge cases: m or n of 0 does nothing; k of 0 scales C by `beta`; NaN and infinities propagate.
/// - Threads: the bits do not depend on their number, nor on which fused ``ISA`` ran.
@inlinable
public func gemm<T: KernelScalar>(
  _ a: Span<T>, _ b: Span<T>, into c: inout MutableSpan<T>, m: Int, n: Int, k: Int, alpha: T = 1, beta: T = 0,
  isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe c.withUnsafeMutableBufferPointer { (c) throws(KernelError) in
    try unsafe a.withUnsafeBufferPointer { (a) throws(KernelError) in
      try unsafe b.withUnsafeBufferPointer { (b) throws(KernelError) in
        // SAFETY: the call ends before the spans close; exclusivity of `c` rules out overlap; C checks every extent.
        try unsafe T._gemm(
          _GEMMCall(
            a, MatrixShape(rows: m, columns: k), b, MatrixShape(rows: k, columns: n),
            c, MatrixShape(rows: m, columns: n), alpha: alpha, beta: beta, isa: isa, threads: threads))
      }
    }
  }
}

/// Sets C to activation((`alpha`·A·B + `beta`·C) + bias + residual), for each matrix of a batch.
///
/// Each operand lies as its ``MatrixShape`` says; op(A) is a shape with its strides exchanged
/// (``MatrixShape/transposed``).  The fused steps give the same bits as the separate ones in that order.  Slopes make the
/// activation a PReLU, x < 0 ? slope·x : x with a slope of its own for each row or column.
///
/// ```swift
/// // Y = relu(X Wᵀ + b): 32 samples of 784 pixels, 128 neurons, weights stored neuron by neuron.
/// try gemm(
///   x.span, MatrixShape(rows: 32, columns: 784), w.span, MatrixShape(rows: 128, columns: 784).transposed,
///   into: &y, MatrixShape(rows: 32, columns: 128), bias: b.span, activation: .relu)
/// ```
///
/// - Parameters:
///   - a: the buffer that holds A.
///   - aShape: where A (m × k) lies in it.
///   - b: the buffer that holds B.
///   - bShape: where B (k × n) lies in it.
///   - c: the buffer that holds C; not read where `beta` is 0, not written between the elements of C.
///   - cShape: where C (m × n) lies in it.
///   - batch: how many products; matrix l of each operand starts `l * batchStride` elements in.
///   - alpha: factor of the product; 0 reads neither A nor B.
///   - beta: factor of what C holds already.
///   - bias: m or n elements to add to each row or column.
///   - biasAxis: ``BiasAxis/row`` for one element per row, ``BiasAxis/column`` for one per column.
///   - residual: a matrix of C's shape to add; C itself is added by a `beta` of 1.
///   - residualShape: where it lies; like C where nil.
///   - activation: the function to apply last.
///   - slopes: m or n slopes of a PReLU to apply last; `activation` must then be ``Activation/identity``.
///   - slopesAxis: ``BiasAxis/row`` for one slope per row, ``BiasAxis/column`` for one per column.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``MatrixShape`` says; ``KernelError/Kind/shapeMismatch``;
///   ``KernelError/Kind/badArgument`` where `slopes` come with an activation or a parameter of the activation lies
///   outside its domain; ``KernelError/Kind/outOfMemory``.
/// - Accuracy: the product as in ``gemm(_:_:into:m:n:k:alpha:beta:isa:threads:)``; each further step rounds once.
/// - Edge cases: m, n or `batch` of 0 does nothing; NaN and infinities propagate, through the activation too.
/// - Threads: the bits do not depend on their number, the position in the batch, strides, or which fused ``ISA`` ran.
@inlinable
public func gemm<T: KernelScalar>(
  _ a: Span<T>, _ aShape: MatrixShape, _ b: Span<T>, _ bShape: MatrixShape, into c: inout MutableSpan<T>,
  _ cShape: MatrixShape, batch: Int = 1, alpha: T = 1, beta: T = 0, bias: Span<T>? = nil,
  biasAxis: BiasAxis = .column, residual: Span<T>? = nil, residualShape: MatrixShape? = nil,
  activation: Activation<T> = .identity, slopes: Span<T>? = nil, slopesAxis: BiasAxis = .column,
  isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe c.withUnsafeMutableBufferPointer { (c) throws(KernelError) in
    try unsafe a.withUnsafeBufferPointer { (a) throws(KernelError) in
      try unsafe b.withUnsafeBufferPointer { (b) throws(KernelError) in
        // SAFETY: the call ends before the spans close; exclusivity of `c` rules out overlap; C checks every extent.
        var call = unsafe _GEMMCall(
          a, aShape, b, bShape, c, cShape, alpha: alpha, beta: beta, isa: isa, threads: threads)
        unsafe call.batch = batch
        try unsafe call.run(
          bias: bias, biasAxis, residual: residual, residualShape, activation, slopes: slopes, slopesAxis)
      }
    }
  }
}

extension _GEMMCall {
  /// Opens the spans of the fused steps and makes the call.
  @inlinable
  func run(
    bias: Span<T>?, _ biasAxis: BiasAxis, residual: Span<T>?, _ residualShape: MatrixShape?,
    _ activation: Activation<T>, slopes: Span<T>?, _ slopesAxis: BiasAxis
  ) throws(KernelError) {
    try unsafe withBuffer(of: bias) { (bias) throws(KernelError) in
      try unsafe withBuffer(of: residual) { (residual) throws(KernelError) in
        try unsafe withBuffer(of: slopes) { (slopes) throws(KernelError) in
          var call = unsafe self
          unsafe (call.bias, call.biasAxis) = unsafe (bias, biasAxis)
          unsafe (call.residual, call.residualShape) = unsafe (residual, residualShape)
          unsafe (call.activation, call.slopes, call.slopesAxis) = unsafe (activation, slopes, slopesAxis)
          // SAFETY: as in the caller, which holds the spans of A, B and C open.
          try unsafe T._gemm(call)
        }
      }
    }
  }

  @inlinable
  func withBuffer(
    of span: Span<T>?, _ body: (UnsafeBufferPointer<T>?) throws(KernelError) -> Void
  ) throws(KernelError) {
    guard let span else { return try body(nil) }
    try unsafe span.withUnsafeBufferPointer { (buffer) throws(KernelError) in try unsafe body(buffer) }
  }
}
