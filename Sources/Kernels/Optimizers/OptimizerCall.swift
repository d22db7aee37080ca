internal import CKernels

/// An optimiser and the number of its step.
///
/// Not API: how the public types reach C.
public enum _OptimizerRule: Sendable {
  case sgd(SGD, Int)
  case adam(Adam, Int)
  case adagrad(Adagrad, Int)
  case rmsProp(RMSProp)

  /// The states that a caller may have, in order.
  var stateNames: [String] {
    switch self {
    case .sgd: ["velocity"]
    case .adam: ["mean", "square", "greatestSquare"]
    case .adagrad: ["square"]
    case .rmsProp: ["square", "mean", "velocity"]
    }
  }
}

/// One step of an optimiser: the parameters, their gradient, and as many states as its caller has.
///
/// Not API: the public functions fill one in while their spans are open, and ``KernelScalar`` hands it to C.
@unsafe
public struct _OptimizerCall<T: KernelScalar> {
  let rule: _OptimizerRule
  let p: UnsafeMutableBufferPointer<T>
  let g: UnsafeBufferPointer<T>
  let states: [UnsafeMutableBufferPointer<T>]
  let isa: ISA
  let threads: Int?

  @usableFromInline
  init(
    _ rule: _OptimizerRule, _ p: UnsafeMutableBufferPointer<T>, _ g: UnsafeBufferPointer<T>,
    _ states: [UnsafeMutableBufferPointer<T>], _ isa: ISA, _ threads: Int?
  ) {
    unsafe (self.rule, self.p, self.g, self.states, self.isa, self.threads) = unsafe (rule, p, g, states, isa, threads)
  }

  func checkCounts() throws(KernelError) {
    try unsafe checkCount("gradient count", p.count, g.count)
    for index in unsafe states.indices where unsafe states[index].count != p.count {
      try unsafe checkCount("\(rule.stateNames[index]) count", p.count, states[index].count)
    }
  }

  /// The address of a state; nil where there is none.
  func state(_ index: Int) -> UnsafeMutablePointer<T>? {
    unsafe index < states.count ? states[index].baseAddress : nil
  }
}

extension ck_sgd {
  init(_ s: SGD, _ step: Int) {
    self.init(
      learning_rate: s.learningRate, momentum: s.momentum, dampening: s.dampening, weight_decay: s.weightDecay,
      nesterov: s.nesterov, step: Int64(step))
  }
}

extension ck_adam {
  init(_ s: Adam, _ step: Int) {
    self.init(
      learning_rate: s.learningRate, beta1: s.beta1, beta2: s.beta2, epsilon: s.epsilon, weight_decay: s.weightDecay,
      decoupled: s.decoupled, amsgrad: s.amsgrad, step: Int64(step))
  }
}

extension ck_adagrad {
  init(_ s: Adagrad, _ step: Int) {
    self.init(
      learning_rate: s.learningRate, learning_rate_decay: s.learningRateDecay, epsilon: s.epsilon,
      weight_decay: s.weightDecay, step: Int64(step))
  }
}

extension ck_rmsprop {
  init(_ s: RMSProp) {
    self.init(
      learning_rate: s.learningRate, alpha: s.alpha, epsilon: s.epsilon, weight_decay: s.weightDecay,
      momentum: s.momentum, centered: s.centered)
  }
}
