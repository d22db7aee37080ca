/// RMSProp, in the form of PyTorch's `torch.optim.RMSprop`.
///
/// With g the gradient, p the parameter, s, a and b the states:
///
/// ```
/// g ← g + weightDecay·p
/// s ← alpha·s + (1 − alpha)·g²
/// a ← a + (1 − alpha)·(g − a),  d = √max(s − a², 0) + epsilon      centered; otherwise d = √s + epsilon
/// b ← momentum·b + g/d,  p ← p − learningRate·b                    with momentum
/// p ← p − learningRate·g/d                                         without
/// ```
///
/// Sources: T. Tieleman and G. Hinton, lecture 6.5, 2012; A. Graves, arXiv 1308.0850 (centered).
public struct RMSProp: Hashable, Codable, Sendable {
  /// The length of a step, finite and at least 0.
  public var learningRate: Double
  /// How much of themselves the states keep, 0 … 1.
  public var alpha: Double
  /// What keeps the divisor from 0, finite and at least 0.
  public var epsilon: Double
  /// The factor of an L2 penalty, finite and at least 0.
  public var weightDecay: Double
  /// How much of itself the velocity b keeps, finite and at least 0; 0 means that there is none.
  public var momentum: Double
  /// Divides by an estimate of the deviation rather than of the root mean square.
  public var centered: Bool

  /// Settings; the defaults are those of PyTorch.  They are not checked here: every update checks them.
  ///
  /// - Parameters:
  ///   - learningRate: finite and at least 0.
  ///   - alpha: 0 … 1.
  ///   - epsilon: finite and at least 0.
  ///   - weightDecay: finite and at least 0.
  ///   - momentum: finite and at least 0; 0 for none.
  ///   - centered: divides by an estimate of the deviation.
  public init(
    learningRate: Double = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false
  ) {
    self.learningRate = learningRate
    self.alpha = alpha
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.momentum = momentum
    self.centered = centered
  }

  /// Takes one step that is neither centered nor has a momentum; otherwise a state is missing, which is an error.
  ///
  /// - Parameters:
  ///   - p: the parameters.
  ///   - g: the gradient of the loss with respect to them.
  ///   - square: the state s, as long as `p`; 0 before the first step.
  ///   - isa: the instruction set to run.
  ///   - threads: the most threads to use; nil takes ``Threads/current``.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where counts differ,
  ///   ``KernelError/Kind/overlap``, ``KernelError/Kind/badArgument`` where a setting, the step or `threads` lies
  ///   outside its domain, or `centered` or a `momentum` is set.
  /// - Accuracy: each line of the formula is rounded as `ck_optimizer.h` says; NaN propagates.
  /// - Edge cases: without parameters nothing happens; NaN stays with its element.  An `epsilon` that is 0 in the type
  ///   gives NaN (0/0) for an element whose divisor and gradient are 0.
  /// - Threads: the bits of an element depend on its values and the settings alone, on any ``ISA``.
  @inlinable
  public func update<T: KernelScalar>(
    _ p: inout MutableSpan<T>, gradient g: Span<T>, square: inout MutableSpan<T>,
    isa: ISA = .current, threads: Int? = nil
  ) throws(KernelError) {
    try unsafe p.withUnsafeMutableBufferPointer { (p) throws(KernelError) in
      try unsafe g.withUnsafeBufferPointer { (g) throws(KernelError) in
        try unsafe square.withUnsafeMutableBufferPointer { (square) throws(KernelError) in
          // SAFETY: the call ends before the spans close; it compares their counts and finds any overlap.
          try unsafe T._optimize(_OptimizerCall(.rmsProp(self), p, g, [square], isa, threads))
        }
      }
    }
  }

  /// Takes one step, with every state.
  ///
  /// - Parameters:
  ///   - p: the parameters.
  ///   - g: the gradient of the loss with respect to them.
  ///   - square: the state s, as long as `p`; 0 before the first step.
  ///   - mean: the state a, likewise; not touched unless `centered`.
  ///   - velocity: the state b, likewise; not touched where `momentum` is 0.
  ///   - isa: the instruction set to run.
  ///   - threads: the most threads to use; nil takes ``Threads/current``.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where counts differ,
  ///   ``KernelError/Kind/overlap``, ``KernelError/Kind/badArgument`` where a setting, the step or `threads` lies
  ///   outside its domain.
  /// - Accuracy: each line of the formula is rounded as `ck_optimizer.h` says; NaN propagates.
  /// - Edge cases: as in ``update(_:gradient:square:isa:threads:)``; a variance s − a² below 0 counts as 0.
  /// - Threads: the bits of an element depend on its values and the settings alone, on any ``ISA``.
  @inlinable
  public func update<T: KernelScalar>(
    _ p: inout MutableSpan<T>, gradient g: Span<T>, square: inout MutableSpan<T>, mean: inout MutableSpan<T>,
    velocity: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
  ) throws(KernelError) {
    try unsafe p.withUnsafeMutableBufferPointer { (p) throws(KernelError) in
      try unsafe g.withUnsafeBufferPointer { (g) throws(KernelError) in
        try unsafe square.withUnsafeMutableBufferPointer { (square) throws(KernelError) in
          try unsafe mean.withUnsafeMutableBufferPointer { (mean) throws(KernelError) in
            try unsafe velocity.withUnsafeMutableBufferPointer { (velocity) throws(KernelError) in
              // SAFETY: the call ends before the spans close; it compares their counts and finds any overlap.
              try unsafe T._optimize(_OptimizerCall(.rmsProp(self), p, g, [square, mean, velocity], isa, threads))
            }
          }
        }
      }
    }
  }
}
