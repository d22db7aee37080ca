/// Adam and AdamW, in the form of PyTorch's `torch.optim.Adam` and `AdamW`.
///
/// With g the gradient, p the parameter, m and v the states, t the number of the step:
///
/// ```
/// g ← g + weightDecay·p                     decoupled: p ← (1 − learningRate·weightDecay)·p
/// m ← m + (1 − beta1)·(g − m)
/// v ← beta2·v + (1 − beta2)·g²
/// h ← max(h, v), then h for v               amsgrad only
/// p ← p − learningRate/(1 − beta1ᵗ) · m / (√v/√(1 − beta2ᵗ) + epsilon)
/// ```
///
/// Sources: D. Kingma and J. Ba, ICLR 2015; I. Loshchilov and F. Hutter, ICLR 2019 (decoupled); S. Reddi, S. Kale and
/// S. Kumar, ICLR 2018 (AMSGrad).
///
/// ```swift
/// let adamW = Adam(weightDecay: 0.01, decoupled: true)
/// try adamW.update(&weights, gradient: gradient.span, mean: &mean, square: &square, step: step)
/// ```
public struct Adam: Hashable, Codable, Sendable {
  /// The length of a step, finite and at least 0.
  public var learningRate: Double
  /// How much of itself the mean keeps, 0 ..< 1.
  public var beta1: Double
  /// How much of itself the mean square keeps, 0 ..< 1.
  public var beta2: Double
  /// What keeps the divisor from 0, finite and at least 0.
  public var epsilon: Double
  /// The factor of an L2 penalty, or of the shrinking where `decoupled`; finite and at least 0.
  public var weightDecay: Double
  /// Shrinks the parameters instead of adding to the gradient: AdamW.
  public var decoupled: Bool
  /// Divides by the greatest mean square so far.
  public var amsgrad: Bool

  /// Settings; the defaults are those of the paper and of PyTorch's `Adam`.
  ///
  /// They are not checked here: every update checks them.
  ///
  /// - Parameters:
  ///   - learningRate: finite and at least 0.
  ///   - beta1: 0 ..< 1.
  ///   - beta2: 0 ..< 1.
  ///   - epsilon: finite and at least 0.
  ///   - weightDecay: finite and at least 0.  PyTorch's `AdamW` has 0.01 and is `decoupled`.
  ///   - decoupled: shrinks the parameters instead of adding to the gradient.
  ///   - amsgrad: divides by the greatest mean square so far.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, decoupled: Bool = false, amsgrad: Bool = false
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
    self.amsgrad = amsgrad
  }

  /// Takes one step; one that `amsgrad` asks for is missing its state then, which is an error.
  ///
  /// - Parameters:
  ///   - p: the parameters.
  ///   - g: the gradient of the loss with respect to them.
  ///   - mean: the state m, as long as `p`; 0 before step 1.
  ///   - square: the state v, likewise.
  ///   - step: the number of this update, from 1.
  ///   - isa: the instruction set to run.
  ///   - threads: the most threads to use; nil takes ``Threads/current``.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where counts differ,
  ///   ``KernelError/Kind/overlap``, ``KernelError/Kind/badArgument`` where a setting, the step or `threads` lies
  ///   outside its domain, or `amsgrad` is set.
  /// - Accuracy: each line of the formula is rounded as `ck_optimizer.h` says; NaN propagates.
  /// - Edge cases: without parameters nothing happens; NaN stays with its element.  An `epsilon` that is 0 in the type
  ///   gives NaN (0/0) for an element whose gradients have all been 0.
  /// - Threads: the bits of an element depend on its values and the settings alone, on any ``ISA``.
  @inlinable
  public func update<T: KernelScalar>(
    _ p: inout MutableSpan<T>, gradient g: Span<T>, mean: inout MutableSpan<T>, square: inout MutableSpan<T>,
    step: Int, isa: ISA = .current, threads: Int? = nil
  ) throws(KernelError) {
    try unsafe p.withUnsafeMutableBufferPointer { (p) throws(KernelError) in
      try unsafe g.withUnsafeBufferPointer { (g) throws(KernelError) in
        try unsafe mean.withUnsafeMutableBufferPointer { (mean) throws(KernelError) in
          try unsafe square.withUnsafeMutableBufferPointer { (square) throws(KernelError) in
            // SAFETY: the call ends before the spans close; it compares their counts and finds any overlap.
            try unsafe T._optimize(_OptimizerCall(.adam(self, step), p, g, [mean, square], isa, threads))
          }
        }
      }
    }
  }

  /// Takes one step, with the state of AMSGrad.
  ///
  /// - Parameters:
  ///   - p: the parameters.
  ///   - g: the gradient of the loss with respect to them.
  ///   - mean: the state m, as long as `p`; 0 before step 1.
  ///   - square: the state v, likewise.
  ///   - greatestSquare: the state h, likewise; not touched without `amsgrad`.
  ///   - step: the number of this update, from 1.
  ///   - isa: the instruction set to run.
  ///   - threads: the most threads to use; nil takes ``Threads/current``.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shapeMismatch`` where counts differ,
  ///   ``KernelError/Kind/overlap``, ``KernelError/Kind/badArgument`` where a setting, the step or `threads` lies
  ///   outside its domain.
  /// - Accuracy: each line of the formula is rounded as `ck_optimizer.h` says; NaN propagates.
  /// - Edge cases: as in ``update(_:gradient:mean:square:step:isa:threads:)``; a NaN in h gives way to v.
  /// - Threads: the bits of an element depend on its values and the settings alone, on any ``ISA``.
  @inlinable
  public func update<T: KernelScalar>(
    _ p: inout MutableSpan<T>, gradient g: Span<T>, mean: inout MutableSpan<T>, square: inout MutableSpan<T>,
    greatestSquare: inout MutableSpan<T>, step: Int, isa: ISA = .current, threads: Int? = nil
  ) throws(KernelError) {
    try unsafe p.withUnsafeMutableBufferPointer { (p) throws(KernelError) in
      try unsafe g.withUnsafeBufferPointer { (g) throws(KernelError) in
        try unsafe mean.withUnsafeMutableBufferPointer { (mean) throws(KernelError) in
          try unsafe square.withUnsafeMutableBufferPointer { (square) throws(KernelError) in
            try unsafe greatestSquare.withUnsafeMutableBufferPointer { (greatestSquare) throws(KernelError) in
              // SAFETY: the call ends before the spans close; it compares their counts and finds any overlap.
              try unsafe T._optimize(
                _OptimizerCall(.adam(self, step), p, g, [mean, square, greatestSquare], isa, threads))
            }
          }
        }
      }
    }
  }
}
