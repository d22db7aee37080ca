/// Adagrad, in the form of PyTorch's `torch.optim.Adagrad`.
///
/// With g the gradient, p the parameter, s the state, t the number of the step:
///
/// ```
/// g ← g + weightDecay·p
/// s ← s + g²
/// p ← p − learningRate/(1 + (t − 1)·learningRateDecay) · g / (√s + epsilon)
/// ```
///
/// Source: J. Duchi, E. Hazan and Y. Singer, JMLR 12, 2011.
public struct Adagrad: Hashable, Codable, Sendable {
  /// The length of a step, finite and at least 0.
  public var learningRate: Double
  /// How fast it falls, finite and at least 0.
  public var learningRateDecay: Double
  /// What keeps the divisor from 0, finite and at least 0.
  public var epsilon: Double
  /// The factor of an L2 penalty, finite and at least 0.
  public var weightDecay: Double

  /// Settings; the defaults are those of PyTorch.  They are not checked here: every update checks them.
  ///
  /// - Parameters:
  ///   - learningRate: finite and at least 0.
  ///   - learningRateDecay: finite and at least 0.
  ///   - epsilon: finite and at least 0.
  ///   - weightDecay: finite and at least 0.
  public init(
    learningRate: Double = 1e-2, learningRateDecay: Double = 0, epsilon: Double = 1e-10, weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.learningRateDecay = learningRateDecay
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - p: the parameters.
  ///   - g: the gradient of the loss with respect to them.
  ///   - square: the state s, as long as `p`; before step 1 the initial accumulator, usually 0.
  ///   - step: the number of this update, from 1.
  ///   - isa: the instruction set to run.
  ///   - threads: the most threads to use; nil takes ``Threads/current``.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where counts differ,
  ///   ``KernelError/Kind/overlap``, ``KernelError/Kind/badArgument`` where a setting, the step or `threads` lies
  ///   outside its domain.
  /// - Accuracy: each line of the formula is rounded as `ck_optimizer.h` says; NaN propagates.
  /// - Edge cases: without parameters nothing happens; NaN stays with its element.  An `epsilon` that is 0 in the type
  ///   gives NaN (0/0) for an element whose state and gradient are 0.
  /// - Threads: the bits of an element depend on its values and the settings alone, on any ``ISA``.
  @inlinable
  public func update<T: KernelScalar>(
    _ p: inout MutableSpan<T>, gradient g: Span<T>, square: inout MutableSpan<T>, step: Int,
    isa: ISA = .current, threads: Int? = nil
  ) throws(KernelError) {
    try unsafe p.withUnsafeMutableBufferPointer { (p) throws(KernelError) in
      try unsafe g.withUnsafeBufferPointer { (g) throws(KernelError) in
        try unsafe square.withUnsafeMutableBufferPointer { (square) throws(KernelError) in
          // SAFETY: the call ends before the spans close; it compares their counts and finds any overlap.
          try unsafe T._optimize(_OptimizerCall(.adagrad(self, step), p, g, [square], isa, threads))
        }
      }
    }
  }
}
