/// One call that draws random numbers.
struct RandomCase: PropertyCase {
  var n = 1
  var offset = 0
  var seed = 0
  var stream = 0
  var threads = 1

  /// 0: uniform, 1: normal, 2: Bernoulli, 3: dropout.
  var kind = 0

  /// A position or a choice, for properties that need one.
  var place = 0

  /// Hundredths: a probability.
  var percent = 50

  /// 1: the beginning of the buffers touches a forbidden page, not their end; `shift` elements from it.
  var flushLeft = 0
  var shift = 0

  static let fields: [CaseField<RandomCase>] = [
    CaseField("threads", \.threads, .threads), CaseField("n", \.n, .size),
    CaseField("offset", \.offset, .within(0...1 << 62)), CaseField("kind", \.kind, .choice(0...3)),
    CaseField("percent", \.percent, .within(0...99)), CaseField("place", \.place),
    CaseField("left", \.flushLeft, .flag), CaseField("shift", \.shift, .distance),
    CaseField("stream", \.stream, .natural), CaseField("seed", \.seed, .natural),
  ]

  var probability: Double { Double(percent) / 100 }
}

extension SplitMix64 {
  /// A short call in most cases; offsets up to 2^62 at random scales.
  mutating func randomCase(limit: Int = 300) -> RandomCase {
    var x = RandomCase()
    x.n = chance(5) ? 0 : chance(90) ? int(1...100) : int(100...limit)
    x.offset = chance(50) ? int(0...200) : int(0...1 << int(1...62))
    (x.seed, x.stream) = (int(0...1 << 62), int(0...1 << int(0...62)))
    x.threads = int(1...3)
    x.kind = int(0...3)
    x.percent = pick([0, 1, 25, 50, 90, 99])
    (x.flushLeft, x.shift) = (int(0...1), int(0...7))
    return x
  }
}
