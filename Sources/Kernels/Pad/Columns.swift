internal import CKernels

/// Sets `columns` to the patches that the outputs of a convolution see, as a matrix for each image.
///
/// With K taps (elements of a kernel) and O outputs:
/// - channels first: columns[n, c, t, o], a (channels·K) × O matrix: y = W·columns, W being filters × (channels·K);
/// - channels last: columns[n, o, t, c], an O × (K·channels) matrix: y = columns·W.
///
/// An element is x[n, c, o·stride + t·dilation − padBefore], 0 outside x.  Where the convolution is flipped, taps are
/// counted backwards.  Groups make no difference.
///
/// ```swift
/// let g = ConvolutionGeometry(channels: 3, filters: 8, input: SIMD2(5, 5), kernel: SIMD2(3, 3), layout: .channelsFirst)
/// var columns = [Float](repeating: 0, count: try g.columnsCount)  // 27 x 9
/// var out = columns.mutableSpan
/// try im2col(x.span, g, into: &out)
/// try gemm(w.span, columns.span, into: &y, m: 8, n: 9, k: 27)     // the convolution
/// ```
///
/// - Parameters:
///   - x: the images.
///   - geometry: the convolution; not a transposed one.
///   - columns: ``ConvolutionGeometry/columnsCount`` elements.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``ConvolutionGeometry/columnsCount`` throws;
///   ``KernelError/Kind/shapeMismatch`` where a count differs.
/// - Accuracy: copies bits.
/// - Edge cases: padding gives +0; NaN is copied.  An empty batch does nothing.
/// - Threads: make no difference to the result.
@inlinable
public func im2col<T: KernelScalar>(
  _ x: Span<T>, _ geometry: ConvolutionGeometry, into columns: inout MutableSpan<T>, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try columnsCall(.fromImage, x, geometry, &columns, isa, threads)
}

/// Sets `x` to the sum of all elements of `columns` that ``im2col(_:_:into:isa:threads:)`` fills from it: the adjoint.
///
/// - Parameters:
///   - columns: ``ConvolutionGeometry/columnsCount`` elements.
///   - geometry: the convolution; not a transposed one.
///   - x: the images.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``ConvolutionGeometry/columnsCount`` throws;
///   ``KernelError/Kind/shapeMismatch`` where a count differs.
/// - Accuracy: within (K − 1)·u·Σ|columns|.
/// - Edge cases: an element that no output sees gets +0; what stands for padding is not read; NaN and infinities
///   propagate.  An empty batch does nothing.
/// - Threads: a sum starts from +0 and takes taps in ascending order; the bits are the same on every ``ISA``.
@inlinable
public func col2im<T: KernelScalar>(
  _ columns: Span<T>, _ geometry: ConvolutionGeometry, into x: inout MutableSpan<T>, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try columnsCall(.toImage, columns, geometry, &x, isa, threads)
}

/// Sets `matrix` to the matrix of the convolution of one image: y = matrix·x, x and y laid out as the geometry says.
///
/// Each row belongs to an element of y and each column to one of x; in one dimension, with one channel and one filter, it
/// is the banded Toeplitz matrix of the kernel.
///
/// - Parameters:
///   - w: the weights.
///   - geometry: the convolution; not a transposed one.
///   - matrix: ``ConvolutionGeometry/toeplitzCount`` elements, row-major.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``ConvolutionGeometry/toeplitzCount`` throws;
///   ``KernelError/Kind/shapeMismatch`` where a count differs.
/// - Accuracy: copies bits.
/// - Edge cases: +0 where an output does not see an element, and between groups.  The batch makes no difference.
/// - Threads: make no difference to the result.
@inlinable
public func toeplitz<T: KernelScalar>(
  _ w: Span<T>, _ geometry: ConvolutionGeometry, into matrix: inout MutableSpan<T>, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try columnsCall(.toeplitz, w, geometry, &matrix, isa, threads)
}

/// Which way a convolution is written out.  Not API.
public enum _ColumnsKind: Sendable { case fromImage, toImage, toeplitz }

@inlinable
func columnsCall<T: KernelScalar>(
  _ kind: _ColumnsKind, _ from: Span<T>, _ geometry: ConvolutionGeometry, _ to: inout MutableSpan<T>, _ isa: ISA,
  _ threads: Int?
) throws(KernelError) {
  try unsafe to.withUnsafeMutableBufferPointer { (to) throws(KernelError) in
    try unsafe from.withUnsafeBufferPointer { (from) throws(KernelError) in
      // SAFETY: the call ends before the spans close; it checks their counts and finds any overlap.
      try unsafe T._columns(kind, from, to, geometry, isa, threads)
    }
  }
}

extension ConvolutionGeometry {
  /// Elements of what ``im2col(_:_:into:isa:threads:)`` writes.
  ///
  /// - Throws: as ``outputSize``; ``KernelError/Kind/badArgument`` for a transposed convolution.
  public var columnsCount: Int { get throws(KernelError) { try unsafe written("columns", ck_conv_columns_count) } }

  /// Elements of what ``toeplitz(_:_:into:isa:threads:)`` writes.
  ///
  /// - Throws: as ``columnsCount``.
  public var toeplitzCount: Int { get throws(KernelError) { try unsafe written("matrix", ck_conv_toeplitz_count) } }

  private func written(
    _ operand: String, _ counted: (UnsafePointer<ck_conv>?) -> Int
  ) throws(KernelError) -> Int {
    _ = try figures()
    if isTransposed { throw KernelError(.badArgument, operand: "transposed", expected: 0, got: 1) }
    var geometry = ck_conv(self)
    // SAFETY: C reads the structure and keeps nothing of it.
    let count = unsafe counted(&geometry)
    guard count >= 0 else { throw KernelError(.overflow, operand: operand, expected: .max, got: channels) }
    return count
  }

  /// The elements that a call reads and writes, by name.
  func checkCounts(_ kind: _ColumnsKind, _ from: Int, _ to: Int) throws(KernelError) {
    switch kind {
    case .fromImage:
      try checkCount("columns count", columnsCount, to)
      try checkCount("x count", inputCount, from)
    case .toImage:
      try checkCount("columns count", columnsCount, from)
      try checkCount("x count", inputCount, to)
    case .toeplitz:
      try checkCount("matrix count", toeplitzCount, to)
      try checkCount("w count", weightCount, from)
    }
  }
}
