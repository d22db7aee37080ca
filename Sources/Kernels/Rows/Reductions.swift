/// What a row is reduced to.
public enum Reduction: Hashable, Sendable, CaseIterable {
  /// Σ x_j; 0 of an empty row.
  case sum
  /// Σ x_j / n; NaN of an empty row.
  case mean
  /// The greatest x_j, NaN where there is one, a zero always +0; −∞ of an empty row.
  case max
  /// The least x_j, NaN where there is one, a zero always +0; ∞ of an empty row.
  case min
  /// Σ |x_j|.
  case l1Norm
  /// √Σ x_j², without overflow or underflow where it is representable itself.
  case l2Norm
  /// log Σ e^(x_j), without overflow; −∞ of an empty row, NaN where there is one, else ∞ where there is one.
  case logSumExp
}

/// Sets `y[r]` to a reduction of row r of `x`.
///
/// ```swift
/// var norms = [Float](repeating: 0, count: 3)
/// var out = norms.mutableSpan
/// try reduce(x.span, AxisShape(rows: 3, columns: 4), .l2Norm, into: &out)
/// ```
///
/// Element j of a row belongs to lane j mod L of its block of 4096, L = 32 (`Float`) or 16 (`Double`); lanes are added
/// pairwise, blocks as unevaluated sums of two.
///
/// - Parameters:
///   - x: the buffer that holds the rows.
///   - shape: where they lie in it; row (o, i) is number `o * inner + i`.
///   - reduction: what becomes of a row.
///   - y: one element for each row.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``AxisShape`` says.
/// - Accuracy: with g = ⌈min(n, 4096)/L⌉ + log₂ L + 2: sums and the L1 norm within g·u·Σ|x_j|, the mean within
///   (g + 2)·u·Σ|x_j|/n, the L2 norm within (g/2 + 2)·u·y, logSumExp within (2·|y| + 2·log n + 6)·u; max and min exact.
/// - Edge cases: see ``Reduction``.
/// - Threads: the bits of a result depend on the elements of its row alone.
@inlinable
public func reduce<T: KernelScalar>(
  _ x: Span<T>, _ shape: AxisShape, _ reduction: Reduction, into y: inout MutableSpan<T>, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      // SAFETY: the call ends before the spans close; exclusivity of `y` rules out overlap; C checks every extent.
      try unsafe T._reduce(x, shape, reduction, y, isa: isa, threads: threads)
    }
  }
}

/// A reduction of all of `x`.
///
/// As ``reduce(_:_:_:into:isa:threads:)`` of one row.
@inlinable
public func reduce<T: KernelScalar>(
  _ x: Span<T>, _ reduction: Reduction, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) -> T {
  var result: T = 0
  try unsafe withUnsafeMutablePointer(to: &result) { (result) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      // SAFETY: as above; the result is one element.
      let y = unsafe UnsafeMutableBufferPointer(start: result, count: 1)
      try unsafe T._reduce(x, AxisShape(count: x.count), reduction, y, isa: isa, threads: threads)
    }
  }
  return result
}

/// Sets `index[r]` to the lowest place at which row r of `x` has its greatest element.
///
/// - Parameters:
///   - x: the buffer that holds the rows.
///   - shape: where they lie in it.
///   - index: one element for each row.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``AxisShape`` says; ``KernelError/Kind/badArgument``
///   where there are rows and they are empty.
/// - Accuracy: exact.
/// - Edge cases: the first NaN is the greatest; zeros of both signs are equal.
/// - Threads: the result does not depend on their number.
@inlinable
public func argMax<T: KernelScalar>(
  _ x: Span<T>, _ shape: AxisShape, into index: inout MutableSpan<Int>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try _arg(least: false, x, shape, into: &index, isa: isa, threads: threads)
}

/// Sets `index[r]` to the lowest place at which row r of `x` has its least element.
///
/// As ``argMax(_:_:into:isa:threads:)``; the first NaN is the least.
@inlinable
public func argMin<T: KernelScalar>(
  _ x: Span<T>, _ shape: AxisShape, into index: inout MutableSpan<Int>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try _arg(least: true, x, shape, into: &index, isa: isa, threads: threads)
}

/// Sets `z[r]` to Σ x_j·y_j over row r of `x` and of `y`.
///
/// - Parameters:
///   - x: the buffer that holds the first rows.
///   - xShape: where they lie in it.
///   - y: the buffer that holds the second rows.
///   - yShape: where they lie in it; like those of `x` where nil.
///   - z: one element for each row.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``AxisShape`` says; ``KernelError/Kind/shapeMismatch``
///   where the shapes differ.
/// - Accuracy: within g·u·Σ|x_j·y_j|, g as in ``reduce(_:_:_:into:isa:threads:)``.
/// - Edge cases: 0 of an empty row; NaN and infinities propagate.
/// - Threads: the bits of a result depend on the elements of its rows alone.
@inlinable
public func dot<T: KernelScalar>(
  _ x: Span<T>, _ xShape: AxisShape, _ y: Span<T>, _ yShape: AxisShape? = nil, into z: inout MutableSpan<T>,
  isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe z.withUnsafeMutableBufferPointer { (z) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      try unsafe y.withUnsafeBufferPointer { (y) throws(KernelError) in
        // SAFETY: the call ends before the spans close; exclusivity of `z` rules out overlap; C checks every extent.
        try unsafe T._dot(x, xShape, y, yShape ?? xShape, z, isa: isa, threads: threads)
      }
    }
  }
}

/// Σ x_j·y_j.
///
/// As ``dot(_:_:_:_:into:isa:threads:)`` of one row.
@inlinable
public func dot<T: KernelScalar>(
  _ x: Span<T>, _ y: Span<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) -> T {
  guard x.count == y.count else {
    throw KernelError(.shapeMismatch, operand: "y", expected: x.count, got: y.count)
  }
  var result: T = 0
  try unsafe withUnsafeMutablePointer(to: &result) { (result) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      try unsafe y.withUnsafeBufferPointer { (y) throws(KernelError) in
        // SAFETY: as above; the result is one element.
        let z = unsafe UnsafeMutableBufferPointer(start: result, count: 1)
        let shape = AxisShape(count: x.count)
        try unsafe T._dot(x, shape, y, shape, z, isa: isa, threads: threads)
      }
    }
  }
  return result
}

@inlinable
func _arg<T: KernelScalar>(
  least: Bool, _ x: Span<T>, _ shape: AxisShape, into index: inout MutableSpan<Int>, isa: ISA, threads: Int?
) throws(KernelError) {
  try unsafe index.withUnsafeMutableBufferPointer { (index) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      // SAFETY: the call ends before the spans close; exclusivity of `index` rules out overlap; C checks every extent.
      try unsafe T._arg(least: least, x, shape, index, isa: isa, threads: threads)
    }
  }
}
