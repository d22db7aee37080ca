import Kernels

extension RowsProperties {
  static var rules: [Claim] {
    [
      Claim(
        "special-rows", "NaN, +∞ or nothing but −∞ make their row NaN and no other; −∞ gives 0; ±max never overflows",
        weight: 3,
        generate: {
          var x = $0.rows(fills: 1...1)
          x.choice = $0.int(0...4)
          return x
        }, check: specialRows),
      Claim(
        "empty", "no rows do nothing; empty rows give the neutral element",
        generate: {
          var x = $0.rows(elements: 20)
          if $0.chance(50) { x.count = 0 } else { x.outer = 0 }
          return x
        }, check: empty),
      Claim(
        "overlap", "the output may be the input or touch it, but not overlap it otherwise", weight: 2,
        generate: {
          var x = $0.rows(elements: 40, fills: 1...1)
          x.choice = $0.int(-45...45)
          return x
        }, check: overlap),
      Claim(
        "malformed", "a malformed call throws an error that names the operand and both numbers, and changes nothing",
        weight: 2,
        generate: {
          var x = $0.rows(elements: 40, fills: 1...1)
          x.choice = $0.int(0...9)
          return x
        }, check: malformed),
    ]
  }

  @Sendable private static func specialRows(_ x: RowsCase, _ isa: ISA) throws -> Double {
    guard x.count > 0, x.rows > 0 else { return 0 }
    let plain = RowsRun<T>(x)
    var values = plain.logits
    let spoilt = abs(x.seed) % x.rows
    let place = spoilt * x.count + abs(x.seed / 7) % x.count
    switch x.choice {
    case 0: values[place] = payloadNaN(x)
    case 1: values[place] = .infinity
    case 2: for j in 0..<x.count { values[spoilt * x.count + j] = -.infinity }
    case 3: values[place] = -.infinity
    default:
      for j in 0..<x.count {
        values[spoilt * x.count + j] = j % 2 == 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude
      }
    }
    for log in [false, true] {
      let operation = RowsOperation(kind: .softmax(log: log))
      let before = try plain.results(operation, isa)
      let y = try RowsRun(x, values: (values, plain.others)).results(operation, isa)
      for index in 0..<x.rows * x.count {
        let got = y[index]
        let j = index % x.count
        let want: T?
        switch (index / x.count == spoilt, x.choice) {
        case (false, _): want = before[index]
        case (true, 0), (true, 1), (true, 2): want = .nan
        case (true, 3): want = x.count == 1 ? .nan : index == place ? (log ? -.infinity : 0) : nil
        default:
          let count = T((x.count + 1) / 2)
          // What lies further below the greatest than there are numbers is −∞.
          want = j % 2 == 1 ? (log ? -.infinity : 0) : log ? nil : 1 / count
        }
        guard let want else {
          if got.isFinite { continue }
          throw PropertyFailure("[\(index)] is \(got)")
        }
        let isClose = x.choice > 3 && (got - want).magnitude <= 4 * want.ulp
        guard got.isSame(as: want) || isClose else { throw PropertyFailure("[\(index)] is \(got), not \(want)") }
      }
    }
    return 0
  }

  private static func payloadNaN(_ x: RowsCase) -> T {
    let payloads: [UInt64] = [0, 1, 0x1FF, 0xFFF, .max, UInt64(abs(x.seed)) &* 0x9E37_79B9_7F4A_7C15]
    return .nan(sign: x.seed % 2 == 0 ? .plus : .minus, payload: payloads[abs(x.seed / 3) % payloads.count])
  }

  @Sendable private static func empty(_ x: RowsCase, _ isa: ISA) throws -> Double {
    guard x.count == 0 || x.rows == 0 else { return 0 }
    let shape = AxisShape(outer: x.rows, count: x.count, inner: 1, outerStride: x.count, stride: 1, innerStride: 1)
    let nothing: [T] = []
    var kept: [T] = [7]
    var y = kept.mutableSpan
    try softmax(nothing.span, shape, into: &y, isa: isa)
    try softmaxBackward(nothing.span, nothing.span, into: &y, shape, isa: isa)
    let loss = try crossEntropy(nothing.span, shape, probabilities: nothing.span, reduction: .sum, isa: isa)
    guard kept == [7], loss == 0 else { throw PropertyFailure("an empty call wrote, or its loss is \(loss)") }
    let neutral: [(Reduction, T)] = [
      (.sum, 0), (.mean, .nan), (.max, -.infinity), (.min, .infinity), (.l1Norm, 0), (.l2Norm, 0),
      (.logSumExp, -.infinity),
    ]
    for (reduction, want) in neutral {
      var results = [T](repeating: 7, count: x.rows)
      var out = results.mutableSpan
      try reduce(nothing.span, shape, reduction, into: &out, isa: isa)
      guard results.allSatisfy({ $0.isSame(as: want) }) else { throw PropertyFailure("\(reduction) of nothing") }
    }
    return 0
  }

  /// The output starts `choice` elements after the input, in one buffer.
  @Sendable private static func overlap(_ x: RowsCase, _ isa: ISA) throws -> Double {
    guard x.count > 0, x.rows > 0 else { return 0 }
    let count = x.rows * x.count
    let distance = min(max(x.choice, -count), count)
    let arena = GuardedBuffer<T>(count: count + abs(distance), side: .right)
    for index in 0..<arena.elements.count { arena.elements[index] = T(index % 5) }
    let before = unsafe Array(arena.elements)
    let start = max(0, -distance)
    // SAFETY: the arena outlives the spans, which overlap on purpose: the call must find out before it writes.
    defer { withExtendedLifetime(arena) {} }
    let input = unsafe UnsafeBufferPointer(rebasing: arena.elements[start..<start + count])
    let output = unsafe UnsafeMutableBufferPointer(
      rebasing: arena.elements[start + distance..<start + distance + count])
    var y = unsafe output.mutableSpan
    let bytes = (count - abs(distance)) * MemoryLayout<T>.stride
    let mustThrow = distance != 0 && bytes > 0
    var threw = false
    do throws(KernelError) {
      try unsafe softmax(input.span, AxisShape(rows: x.rows, columns: x.count), into: &y, isa: isa)
    } catch {
      threw = true
      guard error == KernelError(.overlap, operand: "x", expected: 0, got: bytes), mustThrow else {
        throw PropertyFailure("\(bytes) shared bytes were reported as \(error)")
      }
      guard zip(before, unsafe Array(arena.elements)).allSatisfy({ $0.bits == $1.bits }) else {
        throw PropertyFailure("a rejected call wrote")
      }
    }
    guard threw == mustThrow else { throw PropertyFailure("\(bytes) shared bytes went unnoticed") }
    return 0
  }

  @Sendable private static func malformed(_ x: RowsCase, _ isa: ISA) throws -> Double {
    guard x.count > 0, x.rows > 0 else { return 0 }
    let (n, rows) = (x.count, x.rows)
    let logits = [T](repeating: 1, count: n * rows)
    var targets = [Int](repeating: 0, count: rows)
    var (y, places) = ([T](repeating: 7, count: n * rows), [Int](repeating: 7, count: rows))
    var (shape, other) = (AxisShape(rows: rows, columns: n), AxisShape(rows: rows, columns: n))
    var threads = 1
    let expected: KernelError
    switch x.choice {
    case 0: (shape.offset, expected) = (1, error(.shortBuffer, "x", n * rows, n * rows - 1))
    case 1: (other.offset, expected) = (1, error(.shortBuffer, "y", n * rows, n * rows - 1))
    case 2: (other.count, expected) = (n + 1, error(.shapeMismatch, "y", n, n + 1))
    case 3: (threads, expected) = (0, error(.badArgument, "threads", 1, 0))
    case 4: (shape.offset, expected) = (-1, error(.badArgument, "x offset", 0, -1))
    case 5: (shape.count, other.count, expected) = (-1, -1, error(.negativeSize, "n", 0, -1))
    case 6: (targets[rows - 1], expected) = (n, error(.badArgument, "targets", n - 1, n))
    case 7: (targets, expected) = (Array(targets.dropLast()), error(.shortBuffer, "targets", rows, rows - 1))
    case 8: (shape.count, shape.outer, expected) = (0, 1, error(.badArgument, "n", 1, 0))
    default: (shape.inner, shape.outer, expected) = (.max, 2, error(.overflow, "outer", 1, 2))
    }
    do throws(KernelError) {
      var out = y.mutableSpan
      switch x.choice {
      case 0...5: try softmax(logits.span, shape, into: &out, other, isa: isa, threads: threads)
      case 6, 7: _ = try crossEntropy(logits.span, shape, targets: targets.span, gradient: &out, isa: isa)
      case 8:
        var index = places.mutableSpan
        try argMax(logits.span, shape, into: &index, isa: isa)
      default: try reduce(logits.span, shape, .sum, into: &out, isa: isa)
      }
      throw KernelError(.badArgument, operand: "nothing was thrown", expected: 0, got: 0)
    } catch {
      guard error == expected else { throw PropertyFailure("threw \(error), expected \(expected)") }
    }
    guard y.allSatisfy({ $0 == 7 }), places.allSatisfy({ $0 == 7 }) else {
      throw PropertyFailure("a rejected call wrote")
    }
    return 0
  }

  private static func error(_ kind: KernelError.Kind, _ operand: String, _ expected: Int, _ got: Int) -> KernelError {
    KernelError(kind, operand: operand, expected: expected, got: got)
  }
}
