import Kernels
import KernelsReference

extension ActivationProperties {
  private static var pairs: [(Activation<T>, ReferenceActivation<T>)] { MapSubject<T>.activationPairs }

  static var backward: [Claim] {
    [
      Claim(
        "derivative-bound", "dy f′ is within 4 ULP of the exact value, measured on the terms that may cancel",
        weight: 8, generate: { $0.map(subjects: pairs.count, most: 16) },
        check: { x, isa in
          let (activation, reference) = pair(x)
          let (operand, dy) = operands(x)
          let dx = try derivative(activation, operand, dy, isa)
          var worst = 0.0
          for index in dx.indices {
            let exact = reference.derivative(at: operand[index]).scaled(by: dy[index])
            // A slope of 0 gives zeros of either sign.
            let error = dx[index] == 0 && exact.scale == 0 ? 0 : exact.error(of: dx[index])
            // What is subnormal is off by a smallest number before x z′ and dy scale it.
            let tiny = Double(T.leastNormalMagnitude) * 0x1p10
            let weight = 1 + reference.exponentWeight(at: operand[index])
            let bound =
              ReferenceActivation<T>.derivativeBound
              + (exact.scale < tiny ? 2 + Double(dy[index].magnitude) * weight : 0)
            guard error <= bound || error == 0 else {
              throw PropertyFailure(
                """
                \(activation)′ at \(operand[index]) times \(dy[index]) is \(dx[index]), not \(exact.value): \(error) ULP
                """)
            }
            if error > 0 { worst = max(worst, error / bound) }
          }
          return worst
        }),
      Claim(
        "derivative-bits",
        "alone, in place over either operand, on any thread count and instruction set the derivative has the same bits",
        weight: 4, generate: { $0.map(subjects: pairs.count) }, check: derivativeBits),
      Claim(
        "derivative-threads", "1 to 3 threads give the same derivative",
        generate: {
          var x = $0.map(subjects: pairs.count)
          x.count = $0.int(33_000...50_000)
          x.spread = 0
          return x
        },
        check: { x, isa in
          let (activation, _) = pair(x)
          let (operand, dy) = operands(x)
          let one = try derivative(activation, operand, dy, isa)
          for threads in 2...3 {
            let several = try derivative(activation, operand, dy, isa, threads: threads)
            try same(several, one, operand, "\(activation)′ on \(threads) threads")
          }
          return 0
        }),
      Claim(
        "derivative-guard-pages", "no backward call reads or writes a byte outside its operands", weight: 4,
        generate: { $0.map(subjects: pairs.count) }, check: derivativeMemory),
    ]
  }

  private static func pair(_ x: MapCase) -> (Activation<T>, ReferenceActivation<T>) {
    pairs[min(max(x.subject, 0), pairs.count - 1)]
  }

  /// Arguments or results as the function wants them, and gradients between 2⁻⁸ and 2⁸.
  private static func operands(_ x: MapCase) -> (operand: [T], dy: [T]) {
    let (activation, reference) = pair(x)
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed), id: "dy", index: 0)
    let limit = T(sign: .plus, exponent: T.Exponent(40), significand: 1)
    let arguments: [T] = x.arguments(limit: limit)
    let dy = arguments.map { _ -> T in
      let magnitude = T(
        sign: .plus, exponent: T.Exponent(random.int(-8...7)), significand: 1 + T(random.int(0...7)) / 8)
      return random.chance(50) ? magnitude : -magnitude
    }
    let operand = activation.backwardOperand == .x ? arguments : arguments.map { reference.value($0).value.rounded }
    // At infinity a derivative is whatever its formula gives.
    return (operand.map { $0.isInfinite ? limit : $0 }, dy)
  }

  static func derivative(
    _ activation: Activation<T>, _ operand: [T], _ dy: [T], _ isa: ISA, threads: Int = 1
  ) throws -> [T] {
    var dx = [T](repeating: T.canary, count: operand.count)
    var out = dx.mutableSpan
    try activateBackward(activation, operand.span, dy.span, into: &out, isa: isa, threads: threads)
    return dx
  }

  private static func same(_ got: [T], _ expected: [T], _ operand: [T], _ what: String) throws {
    try MapProperties<T>.expectSame(got, expected, operand, what)
  }

  @Sendable private static func derivativeBits(_ x: MapCase, _ isa: ISA) throws -> Double {
    let (activation, _) = pair(x)
    let (operand, dy) = operands(x)
    let whole = try derivative(activation, operand, dy, isa)
    let alone = try operand.indices.map { try derivative(activation, [operand[$0]], [dy[$0]], isa)[0] }
    try same(alone, whole, operand, "\(activation)′ alone")
    for other in ISA.available where other != isa {
      try same(derivative(activation, operand, dy, other), whole, operand, "\(activation)′ on \(other)")
    }
    var overGradient = dy
    do {
      var out = overGradient.mutableSpan
      try activateBackward(activation, operand.span, inPlace: &out, isa: isa)
    }
    try same(overGradient, whole, operand, "\(activation)′ over dy")
    var overOperand = operand
    try unsafe overOperand.withUnsafeMutableBufferPointer { buffer in
      // SAFETY: dx may be the operand, element for element.
      var out = unsafe buffer.mutableSpan
      try unsafe activateBackward(
        activation, UnsafeBufferPointer(buffer).span, dy.span, into: &out, isa: isa)
    }
    try same(overOperand, whole, operand, "\(activation)′ over its operand")
    return 0
  }

  @Sendable private static func derivativeMemory(_ x: MapCase, _ isa: ISA) throws -> Double {
    let (activation, _) = pair(x)
    let (operand, dy) = operands(x)
    let (input, gradient) = (MapProperties<T>.guarded(x), MapProperties<T>.guarded(x))
    let output = MapProperties<T>.guarded(x)
    for index in operand.indices {
      input.elements[index] = operand[index]
      gradient.elements[index] = dy[index]
    }
    // SAFETY: the buffers outlive the spans, and each has memory of its own.
    var out = unsafe output.elements.mutableSpan
    let (operandSpan, dySpan) = unsafe (input.elements.span, gradient.elements.span)
    try activateBackward(activation, operandSpan, dySpan, into: &out, isa: isa, threads: 1)
    guard [input, gradient, output].allSatisfy(\.surroundingsAreIntact) else {
      throw PropertyFailure("\(activation)′: bytes beside a buffer changed")
    }
    try same(unsafe Array(input.elements), operand, operand, "\(activation)′: its operand changed")
    try same(unsafe Array(gradient.elements), dy, operand, "\(activation)′: its gradient changed")
    try same(
      unsafe Array(output.elements), derivative(activation, operand, dy, isa), operand,
      "\(activation)′ between forbidden pages")
    return 0
  }
}
