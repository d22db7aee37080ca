import Kernels
import KernelsReference

extension RandomProperties {
  static var dropouts: [Claim] {
    [
      Claim(
        "dropout-mask", "the backward call has the mask of the forward call, which is that of Bernoulli",
        generate: { $0.randomCase() },
        check: { c, isa in
          let (x, ones) = (input(c.n), [T](repeating: 1, count: c.n))
          var (y, dx, mask) = (x, ones, ones)
          var ySpan = y.mutableSpan
          var dxSpan = dx.mutableSpan
          var maskSpan = mask.mutableSpan
          try dropout(x.span, into: &ySpan, p: c.probability, from: source(c), isa: isa, threads: c.threads)
          try dropoutBackward(ones.span, into: &dxSpan, p: c.probability, from: source(c), isa: isa)
          try randomBernoulli(into: &maskSpan, probability: c.probability, from: source(c), isa: isa)
          let scale = T(1 / (1 - c.probability))
          try expectSame(dx, mask.map { $0 == 1 ? 0 : scale }, "the gradient of a sum")
          try expectSame(y, zip(x, dx).map { $0 * $1 }, "x times the mask")
          return 0
        }),
      Claim(
        "dropout-homogeneous", "dropout commutes with positively homogeneous functions, exactly where 1/(1 − p) is 2ᵏ",
        generate: {
          var x = $0.randomCase()
          x.percent = $0.pick([0, 50, 75])
          return x
        }, check: homogeneous),
      Claim(
        "dropout-zero", "p = 0 is the identity, bit for bit",
        generate: { $0.randomCase() },
        check: { c, isa in
          let x = input(c.n) + T.specials
          var y = x
          var out = y.mutableSpan
          try dropout(inPlace: &out, p: 0, from: source(c), isa: isa, threads: c.threads)
          for (a, b) in zip(x, y) where a.bits != b.bits { throw PropertyFailure("\(a) became \(b)") }
          return 0
        }),
      Claim(
        "dropout-nearly-one", "a p that the type rounds to 1 drops every element",
        generate: { $0.randomCase() },
        check: { c, isa in
          let p = 1 - 0x1p-25
          guard T(p) == 1 else { return 0 }
          var y = [T](repeating: 1, count: c.n)
          var out = y.mutableSpan
          try dropout(inPlace: &out, p: p, from: source(c), isa: isa, threads: c.threads)
          guard y.allSatisfy({ $0 == 0 }) else { throw PropertyFailure("p = \(p) keeps an element") }
          return 0
        }),
    ]
  }

  /// σ(c y) = c σ(y) for c ≥ 0 makes σ commute with every mask; sigmoid's σ(0) = 1/2 does not.
  @Sendable private static func homogeneous(_ c: RandomCase, _ isa: ISA) throws -> Double {
    guard [0, 50, 75].contains(c.percent) else { return 0 }
    func applied(_ f: Activation<T>, first: Bool) throws(KernelError) -> [T] {
      var y = input(c.n)
      var out = y.mutableSpan
      if first { try activate(f, inPlace: &out, isa: isa) }
      try dropout(inPlace: &out, p: c.probability, from: source(c), isa: isa)
      if !first { try activate(f, inPlace: &out, isa: isa) }
      return y
    }
    for f in [Activation<T>.relu, .leakyReLU(alpha: 0.25)] {
      let (before, after) = (try applied(f, first: true), try applied(f, first: false))
      // -0 and 0 are one number here: a dropped negative element is -0.
      for (a, b) in zip(before, after) where a != b { throw PropertyFailure("\(f): \(a) and \(b)") }
    }
    let (before, after) = (try applied(.sigmoid, first: true), try applied(.sigmoid, first: false))
    for (a, b) in zip(before, after) where a == 0 && b != 0.5 { throw PropertyFailure("sigmoid of 0 is \(b)") }
    return 0
  }
}
