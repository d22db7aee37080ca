import Kernels

extension MapProperties {
  /// What a call touches, and which calls are refused.
  static func memory(_ subjects: [MapSubject<T>]) -> [Claim] {
    [
      Claim(
        "guard-pages", "no call reads or writes a byte outside its operands", weight: 6,
        generate: { $0.map(subjects: subjects.count) },
        check: { x, isa in
          let subject = x.of(subjects)
          let (input, output) = (guarded(x), guarded(x))
          let arguments: [T] = x.arguments()
          for index in arguments.indices { input.elements[index] = arguments[index] }
          // SAFETY: the buffers outlive the spans, and each has memory of its own.
          var out = unsafe output.elements.mutableSpan
          try unsafe subject(input.elements.span, into: &out, isa: isa, threads: 1)
          guard input.surroundingsAreIntact, output.surroundingsAreIntact else {
            throw PropertyFailure("\(subject.name): bytes beside a buffer changed")
          }
          try expectSame(unsafe Array(input.elements), arguments, arguments, "\(subject.name): its input changed")
          let expected = try subject.values(arguments, isa: isa)
          try expectSame(unsafe Array(output.elements), expected, arguments, "\(subject.name) between forbidden pages")
          return 0
        }),
      Claim(
        "overlap", "the output may touch the input or be it, but not overlap it otherwise", weight: 2,
        generate: {
          var x = $0.map(subjects: subjects.count)
          x.count = max(x.count, 1)
          x.choice = $0.int(-45...45)
          return x
        }, check: { try overlap($0, $1, subjects) }),
      Claim(
        "malformed", "a malformed call throws an error that names the operand and both numbers, and changes nothing",
        generate: {
          var x = $0.map(subjects: subjects.count)
          x.choice = $0.int(0...3)
          return x
        }, check: { try malformed($0, $1, subjects) }),
    ]
  }

  static func guarded(_ x: MapCase) -> GuardedBuffer<T> {
    GuardedBuffer(count: x.count, side: x.flushLeft == 1 ? .left : .right, shift: x.shift)
  }

  /// The output starts `choice` elements after the input, in one buffer.
  @Sendable private static func overlap(_ x: MapCase, _ isa: ISA, _ subjects: [MapSubject<T>]) throws -> Double {
    guard x.count > 0 else { return 0 }
    let subject = x.of(subjects)
    let distance = min(max(x.choice, -x.count), x.count)
    let arena = GuardedBuffer<T>(count: x.count + abs(distance), side: .right)
    for index in 0..<arena.elements.count { arena.elements[index] = T(index % 5) / 4 }
    let before = unsafe Array(arena.elements)
    let start = max(0, -distance)
    // SAFETY: the arena outlives the spans, which overlap on purpose: the call must find out before it writes.
    defer { withExtendedLifetime(arena) {} }
    let input = unsafe UnsafeBufferPointer(rebasing: arena.elements[start..<start + x.count])
    let output = unsafe UnsafeMutableBufferPointer(
      rebasing: arena.elements[start + distance..<start + distance + x.count])
    var out = unsafe output.mutableSpan
    let bytes = distance == 0 ? 0 : (x.count - abs(distance)) * MemoryLayout<T>.stride
    do {
      try unsafe subject(input.span, into: &out, isa: isa, threads: 1)
      guard bytes == 0 else { throw PropertyFailure("\(subject.name): \(bytes) shared bytes went unnoticed") }
    } catch let error as KernelError {
      guard bytes > 0, error.kind == .overlap, error.operand == "x", error.got > 0, error.got <= bytes else {
        throw PropertyFailure("\(subject.name): \(bytes) shared bytes were reported as \(error)")
      }
      try expectSame(unsafe Array(arena.elements), before, before, "\(subject.name): a rejected call wrote")
    }
    return 0
  }

  @Sendable private static func malformed(_ x: MapCase, _ isa: ISA, _ subjects: [MapSubject<T>]) throws -> Double {
    let subject = x.of(subjects)
    let arguments: [T] = x.arguments()
    let spoilt = x.choice == 0 ? arguments.count + 1 : x.choice == 1 ? max(arguments.count - 1, 0) : arguments.count
    let threads = x.choice == 2 ? 0 : x.choice == 3 ? -7 : 1
    guard spoilt != arguments.count || threads < 1 else { return 0 }
    let expected =
      threads < 1
      ? KernelError(.badArgument, operand: "threads", expected: 1, got: threads)
      : KernelError(.shapeMismatch, operand: "y count", expected: arguments.count, got: spoilt)
    var y = [T](repeating: T.canary, count: spoilt)
    do {
      var out = y.mutableSpan
      try subject(arguments.span, into: &out, isa: isa, threads: threads)
      throw PropertyFailure("\(subject.name): nothing was thrown, expected \(expected)")
    } catch let error as KernelError {
      guard error == expected else { throw PropertyFailure("\(subject.name): threw \(error), expected \(expected)") }
    }
    guard y.allSatisfy({ $0.bits == T.canary.bits }) else {
      throw PropertyFailure("\(subject.name): a refused call wrote")
    }
    return 0
  }
}
