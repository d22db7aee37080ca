/// Sets C to activation((`alpha`·A·B + `beta`·C) + bias + residual) with a packed B, which serves the whole batch.
///
/// Parameters, rules and bits are those of
/// ``gemm(_:_:_:_:into:_:batch:alpha:beta:bias:biasAxis:residual:residualShape:activation:slopes:slopesAxis:isa:threads:)``,
/// except that a nil `isa` takes the one that `b` was packed for, and any other than that throws.
///
/// - Throws: what that one throws; ``KernelError/Kind/wrongPacking`` where `b` was made for another side or ``ISA``.
/// - Accuracy: the bits of the plain operands.
/// - Edge cases: as there.
/// - Threads: as there.
@inlinable
public func gemm<T: KernelScalar>(
  _ a: Span<T>, _ aShape: MatrixShape, _ b: PackedMatrix<T>, into c: inout MutableSpan<T>, _ cShape: MatrixShape,
  batch: Int = 1, alpha: T = 1, beta: T = 0, bias: Span<T>? = nil, biasAxis: BiasAxis = .column,
  residual: Span<T>? = nil, residualShape: MatrixShape? = nil, activation: Activation<T> = .identity,
  slopes: Span<T>? = nil, slopesAxis: BiasAxis = .column, isa: ISA? = nil, threads: Int? = nil
) throws(KernelError) {
  try unsafe c.withUnsafeMutableBufferPointer { (c) throws(KernelError) in
    try unsafe a.withUnsafeBufferPointer { (a) throws(KernelError) in
      // SAFETY: `b` outlives the call, which ends before the spans close; C checks every extent and the packing.
      var call = unsafe _GEMMCall(
        a, aShape, b.packed, b.shape, c, cShape, alpha: alpha, beta: beta, isa: isa ?? b.isa, threads: threads)
      unsafe call.bPacked = true
      unsafe call.batch = batch
      try unsafe call.run(
        bias: bias, biasAxis, residual: residual, residualShape, activation, slopes: slopes, slopesAxis)
    }
  }
}

/// Sets C to activation((`alpha`·A·B + `beta`·C) + bias + residual) with a packed A, which serves the whole batch.
///
/// Parameters, rules and bits are those of
/// ``gemm(_:_:_:_:into:_:batch:alpha:beta:bias:biasAxis:residual:residualShape:activation:slopes:slopesAxis:isa:threads:)``,
/// except that a nil `isa` takes the one that `a` was packed for, and any other than that throws.
///
/// - Throws: what that one throws; ``KernelError/Kind/wrongPacking`` where `a` was made for another side or ``ISA``.
/// - Accuracy: the bits of the plain operands.
/// - Edge cases: as there.
/// - Threads: as there.
@inlinable
public func gemm<T: KernelScalar>(
  _ a: PackedMatrix<T>, _ b: Span<T>, _ bShape: MatrixShape, into c: inout MutableSpan<T>, _ cShape: MatrixShape,
  batch: Int = 1, alpha: T = 1, beta: T = 0, bias: Span<T>? = nil, biasAxis: BiasAxis = .column,
  residual: Span<T>? = nil, residualShape: MatrixShape? = nil, activation: Activation<T> = .identity,
  slopes: Span<T>? = nil, slopesAxis: BiasAxis = .column, isa: ISA? = nil, threads: Int? = nil
) throws(KernelError) {
  try unsafe c.withUnsafeMutableBufferPointer { (c) throws(KernelError) in
    try unsafe b.withUnsafeBufferPointer { (b) throws(KernelError) in
      // SAFETY: `a` outlives the call, which ends before the spans close; C checks every extent and the packing.
      var call = unsafe _GEMMCall(
        a.packed, a.shape, b, bShape, c, cShape, alpha: alpha, beta: beta, isa: isa ?? a.isa, threads: threads)
      unsafe call.aPacked = true
      unsafe call.batch = batch
      try unsafe call.run(
        bias: bias, biasAxis, residual: residual, residualShape, activation, slopes: slopes, slopesAxis)
    }
  }
}

/// Sets C to activation((`alpha`·A·B + `beta`·C) + bias + residual) with both operands packed.
///
/// Parameters, rules and bits are those of
/// ``gemm(_:_:_:_:into:_:batch:alpha:beta:bias:biasAxis:residual:residualShape:activation:slopes:slopesAxis:isa:threads:)``,
/// except that a nil `isa` takes the one that `a` was packed for; `b` must be packed for the same.
///
/// - Throws: what that one throws; ``KernelError/Kind/wrongPacking`` where one was made for another side or ``ISA``.
/// - Accuracy: the bits of the plain operands.
/// - Edge cases: as there.
/// - Threads: as there.
@inlinable
public func gemm<T: KernelScalar>(
  _ a: PackedMatrix<T>, _ b: PackedMatrix<T>, into c: inout MutableSpan<T>, _ cShape: MatrixShape, batch: Int = 1,
  alpha: T = 1, beta: T = 0, bias: Span<T>? = nil, biasAxis: BiasAxis = .column, residual: Span<T>? = nil,
  residualShape: MatrixShape? = nil, activation: Activation<T> = .identity, slopes: Span<T>? = nil,
  slopesAxis: BiasAxis = .column, isa: ISA? = nil, threads: Int? = nil
) throws(KernelError) {
  try unsafe c.withUnsafeMutableBufferPointer { (c) throws(KernelError) in
    // SAFETY: `a` and `b` outlive the call, which ends before the span closes; C checks every extent and the packing.
    var call = unsafe _GEMMCall(
      a.packed, a.shape, b.packed, b.shape, c, cShape, alpha: alpha, beta: beta, isa: isa ?? a.isa, threads: threads)
    unsafe (call.aPacked, call.bPacked) = (true, true)
    unsafe call.batch = batch
    try unsafe call.run(
      bias: bias, biasAxis, residual: residual, residualShape, activation, slopes: slopes, slopesAxis)
  }
}
