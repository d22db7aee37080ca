/// Stochastic gradient descent, in the form of PyTorch's `torch.optim.SGD`.
///
/// With g the gradient, p the parameter, v the velocity:
///
/// ```
/// g ← g + weightDecay·p
/// v ← momentum·v + (1 − dampening)·g        v ← g in the first step
/// p ← p − learningRate·v                    nesterov: p − learningRate·(g + momentum·v)
/// ```
///
/// Without momentum there is no v, and p ← p − learningRate·g.
///
/// ```swift
/// let sgd = SGD(learningRate: 0.05, momentum: 0.9)
/// for step in 1...steps {
///   try sgd.update(&weights, gradient: gradient.span, velocity: &velocity, step: step)
/// }
/// ```
public struct SGD: Hashable, Codable, Sendable {
  /// The length of a step, finite and at least 0.
  public var learningRate: Double
  /// How much of itself the velocity keeps, finite and at least 0; 0 means that there is none.
  public var momentum: Double
  /// What the velocity does not take of a gradient, finite.
  public var dampening: Double
  /// The factor of an L2 penalty, finite and at least 0.
  public var weightDecay: Double
  /// Looks one step ahead; needs a momentum and no dampening.
  public var nesterov: Bool

  /// Settings; without more than a learning rate, plain gradient descent.
  ///
  /// They are not checked here: every update checks them.
  ///
  /// - Parameters:
  ///   - learningRate: finite and at least 0.
  ///   - momentum: finite and at least 0; 0 for none.
  ///   - dampening: finite.
  ///   - weightDecay: finite and at least 0.
  ///   - nesterov: only with a `momentum` above 0 and a `dampening` of 0.
  public init(
    learningRate: Double, momentum: Double = 0, dampening: Double = 0, weightDecay: Double = 0, nesterov: Bool = false
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.dampening = dampening
    self.weightDecay = weightDecay
    self.nesterov = nesterov
  }

  /// Takes one step, with momentum.
  ///
  /// - Parameters:
  ///   - p: the parameters.
  ///   - g: the gradient of the loss with respect to them.
  ///   - velocity: a state as long as `p`; not read in step 1, not touched where `momentum` is 0.
  ///   - step: the number of this update, from 1.
  ///   - isa: the instruction set to run.
  ///   - threads: the most threads to use; nil takes ``Threads/current``.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where counts differ,
  ///   ``KernelError/Kind/overlap``, ``KernelError/Kind/badArgument`` where a setting, the step or `threads` lies
  ///   outside its domain.
  /// - Accuracy: each line of the formula is rounded as `ck_optimizer.h` says; NaN propagates.
  /// - Edge cases: without parameters nothing happens.  Step 1 sets the velocity to the gradient, whatever it held.
  ///   NaN stays with its element.
  /// - Threads: the bits of an element depend on its values and the settings alone, on any ``ISA``.
  @inlinable
  public func update<T: KernelScalar>(
    _ p: inout MutableSpan<T>, gradient g: Span<T>, velocity: inout MutableSpan<T>, step: Int,
    isa: ISA = .current, threads: Int? = nil
  ) throws(KernelError) {
    try unsafe p.withUnsafeMutableBufferPointer { (p) throws(KernelError) in
      try unsafe g.withUnsafeBufferPointer { (g) throws(KernelError) in
        try unsafe velocity.withUnsafeMutableBufferPointer { (velocity) throws(KernelError) in
          // SAFETY: the call ends before the spans close; it compares their counts and finds any overlap.
          try unsafe T._optimize(_OptimizerCall(.sgd(self, step), p, g, [velocity], isa, threads))
        }
      }
    }
  }

  /// Takes one step without momentum; one that `momentum` asks for is missing then, which is an error.
  ///
  /// - Parameters:
  ///   - p: the parameters.
  ///   - g: the gradient of the loss with respect to them.
  ///   - isa: the instruction set to run.
  ///   - threads: the most threads to use; nil takes ``Threads/current``.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where counts differ,
  ///   ``KernelError/Kind/overlap``, ``KernelError/Kind/badArgument`` where a setting, the step or `threads` lies
  ///   outside its domain, or `momentum` is not 0.
  /// - Accuracy: each line of the formula is rounded as `ck_optimizer.h` says; NaN propagates.
  /// - Edge cases: without parameters nothing happens; NaN stays with its element.
  /// - Threads: the bits of an element depend on its values and the settings alone, on any ``ISA``.
  @inlinable
  public func update<T: KernelScalar>(
    _ p: inout MutableSpan<T>, gradient g: Span<T>, isa: ISA = .current, threads: Int? = nil
  ) throws(KernelError) {
    try unsafe p.withUnsafeMutableBufferPointer { (p) throws(KernelError) in
      try unsafe g.withUnsafeBufferPointer { (g) throws(KernelError) in
        // SAFETY: the call ends before the spans close; it compares their counts and finds any overlap.
        try unsafe T._optimize(_OptimizerCall(.sgd(self, 1), p, g, [], isa, threads))
      }
    }
  }
}
