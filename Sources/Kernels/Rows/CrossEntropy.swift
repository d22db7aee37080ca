/// What becomes of the losses of the rows.
public enum LossReduction: Hashable, Sendable, CaseIterable {
  /// Their sum divided by the sum of the weights of the rows that count; by the number of rows with probabilities.
  case mean
  /// Their sum.
  case sum
}

/// The softmax-cross-entropy of all rows together, and its gradient with respect to the logits, in one pass.
///
/// Row r has the class t = `targets[r]`, the weight w = `weights[t]` (1 without weights), the loss
/// w · (log Σ e^(x_j) − x_t) and the gradient w · (softmax(x)_j − [j = t]), divided by Σ w for the mean.
///
/// ```swift
/// let loss = try crossEntropy(logits.span, AxisShape(rows: 32, columns: 10), targets: labels.span, gradient: &dx)
/// ```
///
/// - Parameters:
///   - x: the buffer that holds the logits.
///   - shape: where the rows lie in `x` and in `dx`; row (o, i) is number `o * inner + i`.
///   - targets: one class for each row; more are not read.
///   - ignored: a target that counts for nothing: its row has loss and gradient 0.
///   - weights: one for each class; more are not read.
///   - reduction: ``LossReduction/mean`` or ``LossReduction/sum``.
///   - upstream: the gradient of the loss, which multiplies that of the logits.
///   - dx: the buffer for the gradient.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Returns: the loss; NaN for the mean of no rows, with gradients of 0.
/// - Throws: ``KernelError`` before anything is written: what ``AxisShape`` says; ``KernelError/Kind/badArgument``
///   where a target is neither `ignored` nor a class.
/// - Accuracy: the loss of a row within (3·loss + 2·log n + 6)·w·u, their sum within 2·u more, the mean within one more;
///   the gradient within (8·|dx_j| + 4·[j = t])·w·|upstream|·u before the division.
/// - Edge cases: log Σ e^(x_j) − x_t and the sum of the losses are +∞ where they exceed the greatest number, before they
///   are weighted or divided; a row with NaN or +∞ has a NaN loss and gradient; no loss is below 0 where its weight is
///   not.
/// - Threads: the bits depend neither on their number nor on which fused ``ISA`` ran.
@inlinable
public func crossEntropy<T: KernelScalar>(
  _ x: Span<T>, _ shape: AxisShape, targets: Span<Int>, ignored: Int = -100, weights: Span<T>? = nil,
  reduction: LossReduction = .mean, upstream: T = 1, gradient dx: inout MutableSpan<T>, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) -> T {
  var loss: T = 0
  try unsafe dx.withUnsafeMutableBufferPointer { (dx) throws(KernelError) in
    // SAFETY: the call ends before the spans close; exclusivity of `dx` rules out overlap; C checks every extent.
    var call = unsafe _CrossEntropyCall<T>(shape, reduction, upstream, isa, threads)
    unsafe call.dx = dx
    loss = try unsafe call.total(x, targets: targets, ignored, weights)
  }
  return loss
}

/// The softmax-cross-entropy of all rows together, without a gradient.
///
/// As ``crossEntropy(_:_:targets:ignored:weights:reduction:upstream:gradient:isa:threads:)``.
@inlinable
public func crossEntropy<T: KernelScalar>(
  _ x: Span<T>, _ shape: AxisShape, targets: Span<Int>, ignored: Int = -100, weights: Span<T>? = nil,
  reduction: LossReduction = .mean, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) -> T {
  // SAFETY: no pointer is held yet.
  let call = unsafe _CrossEntropyCall<T>(shape, reduction, 1, isa, threads)
  return try unsafe call.total(x, targets: targets, ignored, weights)
}

/// The softmax-cross-entropy of all rows together with probabilities as targets, and its gradient, in one pass.
///
/// A row has the loss Σ p_j · (log Σ e^(x_i) − x_j) and the gradient softmax(x)_j · Σ p_i − p_j, divided by the number
/// of rows for the mean.  A probability of 0 adds nothing, whatever its logit is.
///
/// - Parameters:
///   - x: the buffer that holds the logits.
///   - shape: where the rows lie in `x` and in `dx`.
///   - probabilities: the buffer that holds the targets.
///   - probabilitiesShape: where their rows lie; like those of `x` where nil.
///   - reduction: ``LossReduction/mean`` or ``LossReduction/sum``.
///   - upstream: the gradient of the loss, which multiplies that of the logits.
///   - dx: the buffer for the gradient.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Returns: the loss; NaN for the mean of no rows.
/// - Throws: ``KernelError`` before anything is written: what ``AxisShape`` says; ``KernelError/Kind/shapeMismatch``
///   where the shapes differ.
/// - Accuracy: the loss of a row within (g·loss + 2·log n + 6)·u for probabilities that add up to 1, the gradient within
///   g·(softmax_j·Σ p_i + p_j)·|upstream|·u, g = min(n, 4096)/L + log₂ L + 8, L = 32 (`Float`) or 16 (`Double`).
/// - Edge cases: log Σ e^(x_i) − x_j and the sum of the losses are +∞ where they exceed the greatest number, before they
///   are weighted or divided; NaN propagates; no loss is below 0 where no probability is.
/// - Threads: the bits depend neither on their number nor on which fused ``ISA`` ran.
@inlinable
public func crossEntropy<T: KernelScalar>(
  _ x: Span<T>, _ shape: AxisShape, probabilities: Span<T>, _ probabilitiesShape: AxisShape? = nil,
  reduction: LossReduction = .mean, upstream: T = 1, gradient dx: inout MutableSpan<T>, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) -> T {
  var loss: T = 0
  try unsafe dx.withUnsafeMutableBufferPointer { (dx) throws(KernelError) in
    // SAFETY: the call ends before the spans close; exclusivity of `dx` rules out overlap; C checks every extent.
    var call = unsafe _CrossEntropyCall<T>(shape, reduction, upstream, isa, threads)
    unsafe call.dx = dx
    loss = try unsafe call.total(x, probabilities: probabilities, probabilitiesShape ?? shape)
  }
  return loss
}

/// The softmax-cross-entropy of all rows together with probabilities as targets, without a gradient.
///
/// As ``crossEntropy(_:_:probabilities:_:reduction:upstream:gradient:isa:threads:)``.
@inlinable
public func crossEntropy<T: KernelScalar>(
  _ x: Span<T>, _ shape: AxisShape, probabilities: Span<T>, _ probabilitiesShape: AxisShape? = nil,
  reduction: LossReduction = .mean, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) -> T {
  // SAFETY: no pointer is held yet.
  let call = unsafe _CrossEntropyCall<T>(shape, reduction, 1, isa, threads)
  return try unsafe call.total(x, probabilities: probabilities, probabilitiesShape ?? shape)
}

/// Sets `losses[r]` to the softmax-cross-entropy of row r.
///
/// - Parameters:
///   - x: the buffer that holds the logits.
///   - shape: where their rows lie in it; row (o, i) is number `o * inner + i`.
///   - targets: one class for each row; more are not read.
///   - ignored: a target whose row has the loss 0.
///   - weights: one for each class; more are not read.
///   - losses: one element for each row.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``AxisShape`` says; ``KernelError/Kind/badArgument``
///   where a target is neither `ignored` nor a class.
/// - Accuracy: within (3·loss + 2·log n + 6)·w·u.
/// - Edge cases: as ``crossEntropy(_:_:targets:ignored:weights:reduction:upstream:gradient:isa:threads:)``.
/// - Threads: the bits of a loss depend on its row alone.
@inlinable
public func crossEntropyLosses<T: KernelScalar>(
  _ x: Span<T>, _ shape: AxisShape, targets: Span<Int>, ignored: Int = -100, weights: Span<T>? = nil,
  into losses: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe losses.withUnsafeMutableBufferPointer { (losses) throws(KernelError) in
    // SAFETY: the call ends before the spans close; exclusivity of `losses` rules out overlap; C checks every extent.
    let call = unsafe _CrossEntropyCall<T>(shape, nil, 1, isa, threads)
    try unsafe call.run(x, targets: targets, ignored, weights, into: losses)
  }
}

/// Sets `losses[r]` to the softmax-cross-entropy of row r with probabilities as targets.
///
/// As ``crossEntropy(_:_:probabilities:_:reduction:upstream:gradient:isa:threads:)``, row by row.
@inlinable
public func crossEntropyLosses<T: KernelScalar>(
  _ x: Span<T>, _ shape: AxisShape, probabilities: Span<T>, _ probabilitiesShape: AxisShape? = nil,
  into losses: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe losses.withUnsafeMutableBufferPointer { (losses) throws(KernelError) in
    // SAFETY: the call ends before the spans close; exclusivity of `losses` rules out overlap; C checks every extent.
    let call = unsafe _CrossEntropyCall<T>(shape, nil, 1, isa, threads)
    try unsafe call.run(x, probabilities: probabilities, probabilitiesShape ?? shape, into: losses)
  }
}
