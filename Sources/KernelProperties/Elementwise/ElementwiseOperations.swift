import Kernels
import KernelsReference

extension ElementwiseProperties {
  static var operations: [Claim] {
    [
      Claim(
        "definition",
        "every operation, broadcast and activation has the bits of the separate steps, between guard pages",
        weight: 8, generate: { $0.elementwise() },
        check: { x, isa in
          let problem = try ElementwiseProblem<T>(x)
          try problem.expect(problem.result(isa), problem.expected(isa), "by definition")
          return 0
        }),
      Claim(
        "in-place", "the first operand may be the output", weight: 3, generate: { $0.elementwise() }, check: inPlace),
      Claim(
        "scalars", "axpy and scale are a product with the sum, each rounded once", weight: 2,
        generate: { $0.elementwise() }, check: scalars),
      Claim(
        "instruction-sets", "every instruction set gives the same bits", weight: 3, generate: { $0.elementwise() },
        check: { x, isa in
          let problem = try ElementwiseProblem<T>(x)
          let here = try problem.result(isa)
          for other in ISA.available where other != isa {
            try problem.expect(problem.result(other), here, "on \(other) and \(isa)")
          }
          return 0
        }),
      Claim(
        "threads", "1 to 4 threads give the same bits",
        generate: {
          var x = $0.elementwise()
          x.outer = 0
          (x.rows, x.middle, x.columns) = ($0.int(2...5), 0, $0.int(100_000...140_000))
          if $0.chance(30) { swap(&x.rows, &x.columns) }
          x.spread = 0
          return x
        },
        check: { x, isa in
          guard x.seed % 25 == 0 || x.count < 10_000 else { return 0 }  // every case takes a millisecond
          let problem = try ElementwiseProblem<T>(x)
          let one = try problem.result(isa, threads: 1)
          for threads in 2...4 {
            try problem.expect(problem.result(isa, threads: threads), one, "on \(threads) threads")
          }
          return 0
        }),
      Claim(
        "overlap", "the output may touch an operand or be it, but not overlap it otherwise", weight: 2,
        generate: {
          var x = $0.elementwise()
          x.columns = max(x.columns, 1)
          x.choice = $0.int(-45...45)
          return x
        }, check: overlap),
      Claim(
        "malformed", "a malformed call throws an error that names the operand and both numbers, and changes nothing",
        generate: { $0.elementwise(choice: 0...4) }, check: malformed),
      Claim(
        "operand-names", "an error names an operand as its caller does",
        generate: { $0.elementwise(choice: 0...3) }, check: operandNames),
    ]
  }

  @Sendable private static func inPlace(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    let dense: [T] = x.values("a", x.count)
    let b: [T] = x.values("b", x.shape(x.repeatsB).reduce(1, *))
    let operation = BinaryOperation.allCases[min(max(x.operation, 0), BinaryOperation.allCases.count - 1)]
    let broadcast = try Broadcast(x.sizes, x.shape(x.repeatsB))
    var (apart, same) = (dense, dense)
    do {
      var out = apart.mutableSpan
      try combine(operation, dense.span, b.span, into: &out, over: broadcast, isa: isa, threads: x.threads)
    }
    do {
      var out = same.mutableSpan
      try combine(operation, inPlace: &out, b.span, over: broadcast, isa: isa, threads: x.threads)
    }
    try expectSame(same, apart, "\(operation.rawValue) in place")
    return 0
  }

  @Sendable private static func scalars(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    let (a, b): ([T], [T]) = (x.values("a", x.count), x.values("b", x.count))
    let alpha: T = x.values("alpha", 1)[0]
    var (sum, product) = (b, a)
    do {
      var out = sum.mutableSpan
      try axpy(alpha, a.span, into: &out, isa: isa, threads: x.threads)
    }
    try expectSame(sum, zip(a, b).map { $1.addingProduct(alpha, $0) }, "axpy")
    do {
      var out = product.mutableSpan
      if x.inPlace == 1 {
        try scale(alpha, inPlace: &out, isa: isa, threads: x.threads)
      } else {
        try scale(alpha, a.span, into: &out, isa: isa, threads: x.threads)
      }
    }
    try expectSame(product, a.map { alpha * $0 }, "scale")
    return 0
  }

  /// The output starts `choice` elements after the first operand, in one buffer.
  @Sendable private static func overlap(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    let count = x.count
    guard count > 0 else { return 0 }
    let distance = min(max(x.choice, -count), count)
    let arena = GuardedBuffer<T>(count: count + abs(distance), side: .right)
    for index in 0..<arena.elements.count { arena.elements[index] = T(index % 5) / 4 }
    let before = unsafe Array(arena.elements)
    let start = max(0, -distance)
    // SAFETY: the arena outlives the spans, which overlap on purpose: the call must find out before it writes.
    defer { withExtendedLifetime(arena) {} }
    let input = unsafe UnsafeBufferPointer(rebasing: arena.elements[start..<start + count])
    let output = unsafe UnsafeMutableBufferPointer(
      rebasing: arena.elements[start + distance..<start + distance + count])
    var out = unsafe output.mutableSpan
    let other = [T](repeating: 1, count: count)
    let bytes = distance == 0 ? 0 : (count - abs(distance)) * MemoryLayout<T>.stride
    do {
      try unsafe combine(.multiply, input.span, other.span, into: &out, isa: isa, threads: 1)
      guard bytes == 0 else { throw PropertyFailure("\(bytes) shared bytes went unnoticed") }
    } catch let error as KernelError {
      guard bytes > 0, error.kind == .overlap, error.operand == "a", error.got > 0, error.got <= bytes else {
        throw PropertyFailure("\(bytes) shared bytes were reported as \(error)")
      }
      try expectSame(unsafe Array(arena.elements), before, "a rejected call wrote")
    }
    return 0
  }

  @Sendable private static func operandNames(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    let count = max(x.columns, 2)
    let short = [T](repeating: 1, count: count - 1)
    var y = [T](repeating: T.canary, count: count)
    var operand = "x count"
    do throws(KernelError) {
      let whole = [T](repeating: 1, count: count)
      var out = y.mutableSpan
      switch x.choice {
      case 0: try axpy(2, short.span, into: &out, isa: isa)
      case 1: try scale(2, short.span, into: &out, isa: isa)
      case 2: try scale(2, inPlace: &out, isa: isa, threads: 0)
      default:
        operand = "bias count"
        try addBias(whole.span, short.span, into: &out, channels: count, channelsLast: true, isa: isa)
      }
      throw KernelError(.badArgument, operand: "nothing was thrown", expected: 0, got: 0)
    } catch {
      let expected =
        x.choice == 2
        ? KernelError(.badArgument, operand: "threads", expected: 1, got: 0)
        : KernelError(.shapeMismatch, operand: operand, expected: count, got: count - 1)
      guard error == expected else { throw PropertyFailure("threw \(error), expected \(expected)") }
    }
    guard y.allSatisfy({ $0.bits == T.canary.bits }) else { throw PropertyFailure("a refused call wrote") }
    return 0
  }

  @Sendable private static func malformed(_ x: ElementwiseCase, _ isa: ISA) throws -> Double {
    let count = max(x.columns, 2)
    let spoilt = { (which: Int) in x.choice == which ? count - 1 : count }
    let (a, b): ([T], [T]) = (x.values("a", spoilt(0)), x.values("b", spoilt(1)))
    var y = [T](repeating: T.canary, count: spoilt(2))
    let threads = x.choice == 3 ? 0 : 1
    let activation: Activation<T> = x.choice == 4 ? .clamp(lo: 1, hi: -1) : .relu
    let expected: KernelError =
      switch x.choice {
      case 0: KernelError(.shapeMismatch, operand: "a count", expected: count, got: count - 1)
      case 1: KernelError(.shapeMismatch, operand: "b count", expected: count, got: count - 1)
      case 2: KernelError(.shapeMismatch, operand: "y count", expected: count, got: count - 1)
      case 3: KernelError(.badArgument, operand: "threads", expected: 1, got: 0)
      default: KernelError(.badArgument, operand: "clamp", expected: 0, got: 1)
      }
    do {
      var out = y.mutableSpan
      try combine(
        .add, a.span, b.span, into: &out, over: Broadcast([count], [count]), activation: activation, isa: isa,
        threads: threads)
      throw PropertyFailure("nothing was thrown, expected \(expected)")
    } catch let error as KernelError {
      guard error == expected else {
        throw PropertyFailure("threw \(error), expected \(expected)")
      }
    }
    guard y.allSatisfy({ $0.bits == T.canary.bits }) else { throw PropertyFailure("a refused call wrote") }
    return 0
  }
}
