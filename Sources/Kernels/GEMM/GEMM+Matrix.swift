/// Sets C to activation(`alpha`·op(A)·op(B) + `beta`·C + bias), where op transposes or not.
///
/// ```swift
/// try gemm(x, w, into: &y, transposeB: true, bias: b.span, activation: .relu)  // Y = relu(X Wᵀ + b)
/// ```
///
/// - Parameters:
///   - a: A, m × k; k × m where `transposeA`.
///   - b: B, k × n; n × k where `transposeB`.
///   - c: C, m × n; not read where `beta` is 0.
///   - transposeA: use Aᵀ.
///   - transposeB: use Bᵀ.
///   - alpha: factor of the product; 0 reads neither A nor B.
///   - beta: factor of what C holds already.
///   - bias: m or n elements to add to each row or column.
///   - biasAxis: ``BiasAxis/row`` for one element per row, ``BiasAxis/column`` for one per column.
///   - activation: the function to apply last.
///   - slopes: m or n slopes of a PReLU to apply last; `activation` must then be ``Activation/identity``.
///   - slopesAxis: ``BiasAxis/row`` for one slope per row, ``BiasAxis/column`` for one per column.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch``;
///   ``KernelError/Kind/shortBuffer`` for bias or slopes; ``KernelError/Kind/badArgument`` where `slopes` come with an
///   activation or a parameter of the activation lies outside its domain; ``KernelError/Kind/outOfMemory``.
/// - Accuracy: the product as in ``gemm(_:_:into:m:n:k:alpha:beta:isa:threads:)``; each further step rounds once.
/// - Edge cases: as there.
/// - Threads: as there.
@inlinable
public func gemm<T: KernelScalar>(
  _ a: borrowing Matrix<T>, _ b: borrowing Matrix<T>, into c: inout Matrix<T>, transposeA: Bool = false,
  transposeB: Bool = false, alpha: T = 1, beta: T = 0, bias: Span<T>? = nil, biasAxis: BiasAxis = .column,
  activation: Activation<T> = .identity, slopes: Span<T>? = nil, slopesAxis: BiasAxis = .column,
  isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  let aShape = transposeA ? a.shape.transposed : a.shape
  let bShape = transposeB ? b.shape.transposed : b.shape
  // SAFETY: the three matrices own their buffers and live through the call; exclusivity of `c` rules out overlap.
  let call = unsafe _GEMMCall(
    UnsafeBufferPointer(a.buffer), aShape, UnsafeBufferPointer(b.buffer), bShape, c.buffer, c.shape, alpha: alpha,
    beta: beta, isa: isa, threads: threads)
  try unsafe call.run(bias: bias, biasAxis, residual: nil, nil, activation, slopes: slopes, slopesAxis)
}

/// Sets C to activation(`alpha`·op(A)·B + `beta`·C + bias) with a packed B.
///
/// A nil `isa` takes the one that `b` was packed for, and any other than that throws.  Everything else is as in
/// ``gemm(_:_:into:transposeA:transposeB:alpha:beta:bias:biasAxis:activation:slopes:slopesAxis:isa:threads:)``.
///
/// - Throws: what that one throws; ``KernelError/Kind/wrongPacking`` where `b` was made for another side or ``ISA``.
/// - Accuracy: the bits of the plain operands.
/// - Edge cases: as there.
/// - Threads: as there.
@inlinable
public func gemm<T: KernelScalar>(
  _ a: borrowing Matrix<T>, _ b: PackedMatrix<T>, into c: inout Matrix<T>, transposeA: Bool = false, alpha: T = 1,
  beta: T = 0, bias: Span<T>? = nil, biasAxis: BiasAxis = .column, activation: Activation<T> = .identity,
  slopes: Span<T>? = nil, slopesAxis: BiasAxis = .column, isa: ISA? = nil, threads: Int? = nil
) throws(KernelError) {
  let aShape = transposeA ? a.shape.transposed : a.shape
  // SAFETY: the operands own their buffers and live through the call; exclusivity of `c` rules out overlap.
  var call = unsafe _GEMMCall(
    UnsafeBufferPointer(a.buffer), aShape, b.packed, b.shape, c.buffer, c.shape, alpha: alpha, beta: beta,
    isa: isa ?? b.isa, threads: threads)
  unsafe call.bPacked = true
  try unsafe call.run(bias: bias, biasAxis, residual: nil, nil, activation, slopes: slopes, slopesAxis)
}

/// Sets C to activation(`alpha`·A·op(B) + `beta`·C + bias) with a packed A.
///
/// A nil `isa` takes the one that `a` was packed for, and any other than that throws.  Everything else is as in
/// ``gemm(_:_:into:transposeA:transposeB:alpha:beta:bias:biasAxis:activation:slopes:slopesAxis:isa:threads:)``.
///
/// - Throws: what that one throws; ``KernelError/Kind/wrongPacking`` where `a` was made for another side or ``ISA``.
/// - Accuracy: the bits of the plain operands.
/// - Edge cases: as there.
/// - Threads: as there.
@inlinable
public func gemm<T: KernelScalar>(
  _ a: PackedMatrix<T>, _ b: borrowing Matrix<T>, into c: inout Matrix<T>, transposeB: Bool = false, alpha: T = 1,
  beta: T = 0, bias: Span<T>? = nil, biasAxis: BiasAxis = .column, activation: Activation<T> = .identity,
  slopes: Span<T>? = nil, slopesAxis: BiasAxis = .column, isa: ISA? = nil, threads: Int? = nil
) throws(KernelError) {
  let bShape = transposeB ? b.shape.transposed : b.shape
  // SAFETY: the operands own their buffers and live through the call; exclusivity of `c` rules out overlap.
  var call = unsafe _GEMMCall(
    a.packed, a.shape, UnsafeBufferPointer(b.buffer), bShape, c.buffer, c.shape, alpha: alpha, beta: beta,
    isa: isa ?? a.isa, threads: threads)
  unsafe call.aPacked = true
  try unsafe call.run(bias: bias, biasAxis, residual: nil, nil, activation, slopes: slopes, slopesAxis)
}

extension PackedMatrix {
  /// Packs a matrix, or its transpose.
  ///
  /// - Throws: ``KernelError/Kind/outOfMemory``.
  public init(_ side: PackedSide, _ matrix: borrowing Matrix<Scalar>, transposed: Bool = false, isa: ISA = .current)
    throws(KernelError)
  {
    let shape = transposed ? matrix.shape.transposed : matrix.shape
    // SAFETY: `matrix` owns the buffer and lives through the packing.
    self = try unsafe PackedMatrix(side, matrix.buffer.span, shape, isa: isa)
  }
}
