/// One step of an optimiser.
struct OptimizerCase: PropertyCase {
  /// 0: SGD, 1: Adam, 2: Adagrad, 3: RMSProp.
  var rule = 0
  var n = 1
  var step = 1
  var seed = 0
  var threads = 1

  /// 1: weight decay, a momentum, Nesterov or AdamW, AMSGrad or centered.
  var decay = 0
  var momentum = 0
  var variant = 0
  var extra = 0

  /// A choice, for properties that need one.
  var place = 0
  var flushLeft = 0
  var shift = 0

  static let fields: [CaseField<OptimizerCase>] = [
    CaseField("threads", \.threads, .threads), CaseField("n", \.n, .size), CaseField("rule", \.rule, .choice(0...3)),
    CaseField("step", \.step, .within(1...Int(Int32.max))), CaseField("decay", \.decay, .flag),
    CaseField("momentum", \.momentum, .flag), CaseField("variant", \.variant, .flag),
    CaseField("extra", \.extra, .flag), CaseField("place", \.place, .natural), CaseField("left", \.flushLeft, .flag),
    CaseField("shift", \.shift, .distance), CaseField("seed", \.seed, .natural),
  ]
}

extension SplitMix64 {
  mutating func optimizerCase(limit: Int = 300) -> OptimizerCase {
    var x = OptimizerCase()
    x.rule = int(0...3)
    x.n = chance(5) ? 0 : chance(90) ? int(1...70) : int(70...limit)
    x.step = chance(50) ? int(1...4) : logUniform(100_000)
    x.seed = int(0...1 << 40)
    x.threads = int(1...3)
    (x.decay, x.momentum, x.variant, x.extra) = (int(0...1), int(0...1), int(0...1), int(0...1))
    (x.flushLeft, x.shift) = (int(0...1), int(0...7))
    return x
  }
}
