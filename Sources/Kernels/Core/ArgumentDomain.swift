extension KernelError {
  /// What a scalar argument must be, where that is more than a least or a greatest number.
  var domain: String? {
    switch operand {
    case "groups of channels", "groups of filters": "a divisor of \(expected), got \(got)"
    case "indices": "numbers from -1 to \(expected), got \(got)"
    case "targets": "numbers from 0 to \(expected), or the ignored one, got \(got)"
    default: KernelError.domains[operand]
    }
  }

  /// What scalar arguments must be, where that is more than one number.
  private static let domains = [
    "clamp": "lo <= hi",
    "divisor": "1 or more",
    "kind": "the one whose way back this is",
    "slopes": "no other activation",
    "residual while accumulating": "to be nil",
    "transposed": "to be false",
    "scale": "finite numbers from 0 on",
    "celu": "alpha > 0",
    "softplus": "a beta other than 0",
    "limit": "a number from 0 on",
    "gain": "a finite number above 0",
    "range": "low < high, their difference finite",
    "mean": "a finite number, or the state of that name",
    "deviation": "a finite number from 0 on",
    "probability": "0 <= probability <= 1",
    "p": "0 <= p < 1",
    "learning_rate": "a finite number from 0 on",
    "learning_rate_decay": "a finite number from 0 on",
    "weight_decay": "a finite number from 0 on",
    "epsilon": "a finite number from 0 on",
    "momentum": "a finite number from 0 on",
    "dampening": "a finite number",
    "nesterov": "a momentum and no dampening",
    "beta1": "0 <= beta1 < 1",
    "beta2": "0 <= beta2 < 1",
    "alpha": "0 <= alpha <= 1",
    "step": "1 or more",
    "velocity": "the state of that name",
    "square": "the state of that name",
    "greatest_square": "the state of that name",
  ]
}
