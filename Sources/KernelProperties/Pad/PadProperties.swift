import Kernels
import KernelsReference

extension Suite {
  /// Padding and its adjoint; im2col, col2im and the Toeplitz matrix.
  public static let pad = Suite("pad", runners(Float.self) + runners(Double.self))

  private static func runners<T: PropertyScalar>(_: T.Type) -> [PropertyRunner] {
    PadProperties<T>.all.map { PropertyRunner("pad/\(T.typeName)", $0) }
  }
}

/// The properties of padding and of convolutions as matrices over one element type.
enum PadProperties<T: PropertyScalar> {
  typealias Claim = Property<PadCase>

  static var all: [Claim] {
    [
      Claim(
        "definition", "padding repeats the elements that its mode names", weight: 3, generate: { $0.padded() },
        check: padding),
      Claim(
        "backward", "its adjoint adds what was repeated, in ascending order", weight: 3, generate: { $0.padded() },
        check: backward),
      Claim(
        "adjoint", "<pad x, y> = <x, pad' y>, exactly on small integers", weight: 1, generate: { $0.padded() },
        check: adjoint),
      Claim(
        "im2col", "a column holds what its output sees in its tap", weight: 3, generate: { $0.padded() }, check: im2col),
      Claim(
        "col2im", "its adjoint adds columns in ascending order of taps", weight: 3, generate: { $0.padded() },
        check: col2im),
      Claim(
        "toeplitz", "the Toeplitz matrix times x is W times im2col x, exactly on small integers", weight: 2,
        generate: { $0.padded() }, check: toeplitz),
      Claim(
        "malformed", "a malformed call throws an error that names the operand and both numbers, and changes nothing",
        weight: 1,
        generate: {
          var x = $0.padded()
          x.choice = $0.int(0...4)
          return x
        }, check: malformed),
    ]
  }

  // MARK: Running

  /// What `call` writes into `count` elements between guard pages, reading `input`.
  static func written(
    _ x: PadCase, _ input: [T], _ count: Int, _ call: (Span<T>, inout MutableSpan<T>) throws(KernelError) -> Void
  ) throws -> [T] {
    let side: GuardedBuffer<T>.Side = x.flushLeft == 1 ? .left : .right
    let (from, to) = (GuardedBuffer<T>(count: input.count, side: side), GuardedBuffer<T>(count: count, side: side))
    for index in input.indices { from.elements[index] = input[index] }
    for index in 0..<count { to.elements[index] = T.canary }
    // SAFETY: the buffers outlive the spans, and each has memory of its own.
    var out = unsafe to.elements.mutableSpan
    try unsafe call(from.elements.span, &out)
    guard from.surroundingsAreIntact, to.surroundingsAreIntact else {
      throw PropertyFailure("bytes beside a buffer changed")
    }
    guard input.indices.allSatisfy({ from.elements[$0].bits == input[$0].bits }) else {
      throw PropertyFailure("the input changed")
    }
    return unsafe Array(to.elements)
  }

  private static func sources(_ x: PadCase) -> (inner: Int, outer: Int, pairs: [(y: Int, x: Int?)]) {
    let g = x.padding
    let (inner, outer) = (x.images(g.input, channels: g.channels), x.images(g.outputSize, channels: g.channels))
    let mode: ReferencePadding = g.mode == .constant ? .constant : g.mode == .reflect ? .reflect : .replicate
    return (inner.count, outer.count, referencePadSources(inner, outer, before: g.before, mode))
  }

  @Sendable private static func padding(_ x: PadCase, _ isa: ISA) throws -> Double {
    let (inner, outer, pairs) = sources(x)
    let input: [T] = x.values("x", inner, integers: false)
    guard try x.padding.inputCount == inner, try x.padding.outputCount == outer else {
      throw PropertyFailure("other counts than \(inner) and \(outer)")
    }
    var expected = [T](repeating: 0, count: outer)
    for (y, source) in pairs { expected[y] = source.map { input[$0] } ?? 2.5 }
    let got = try written(x, input, outer) { (from, to) throws(KernelError) in
      try pad(from, x.padding, value: 2.5, into: &to, isa: isa, threads: x.threads)
    }
    try expectSame(got, expected, "padded")
    return 0
  }

  @Sendable private static func backward(_ x: PadCase, _ isa: ISA) throws -> Double {
    let (inner, outer, pairs) = sources(x)
    let dy: [T] = x.values("dy", outer, integers: false)
    var expected = [T](repeating: 0, count: inner)
    for case (let y, let source?) in pairs { expected[source] += dy[y] }
    let got = try written(x, dy, inner) { (from, to) throws(KernelError) in
      try padBackward(from, x.padding, into: &to, isa: isa, threads: x.threads)
    }
    try expectSame(got, expected, "gradient")
    return 0
  }

  @Sendable private static func adjoint(_ x: PadCase, _ isa: ISA) throws -> Double {
    let g = x.padding
    let a: [T] = x.values("a", try g.inputCount, integers: true)
    let b: [T] = x.values("b", try g.outputCount, integers: true)
    let padded = try written(x, a, b.count) { (from, to) throws(KernelError) in try pad(from, g, into: &to, isa: isa) }
    let back = try written(x, b, a.count) { (from, to) throws(KernelError) in
      try padBackward(from, g, into: &to, isa: isa)
    }
    let (left, right) = (inner(padded, b), inner(a, back))
    guard left == right else { throw PropertyFailure("<pad a, b> is \(left), <a, pad' b> is \(right)") }
    return 0
  }

  private static func inner(_ a: [T], _ b: [T]) -> T { zip(a, b).reduce(into: T(0)) { $0 += $1.0 * $1.1 } }
}

// MARK: Convolutions as matrices

extension PadProperties {
  /// The geometry and the sources of its columns; nil where it has no output.
  private static func columns(_ x: PadCase) -> (g: ConvolutionGeometry, pairs: [(column: Int, x: Int?)], count: Int)? {
    let g = x.convolution
    guard let output = try? g.outputSize, let count = try? g.columnsCount else { return nil }
    let window = ReferenceWindow(
      kernel: g.kernel, stride: g.stride, dilation: g.dilation, before: g.padBefore, isFlipped: g.isFlipped)
    return (g, referenceColumnSources(x.images(g.input, channels: g.channels), output: output, window), count)
  }

  @Sendable private static func im2col(_ x: PadCase, _ isa: ISA) throws -> Double {
    guard let (g, pairs, count) = columns(x) else { return 0 }
    let input: [T] = x.values("x", try g.inputCount, integers: false)
    var expected = [T](repeating: 0, count: count)
    for case (let column, let source?) in pairs { expected[column] = input[source] }
    let got = try written(x, input, count) { (from, to) throws(KernelError) in
      try Kernels.im2col(from, g, into: &to, isa: isa, threads: x.threads)
    }
    try expectSame(got, expected, "columns")
    return 0
  }

  @Sendable private static func col2im(_ x: PadCase, _ isa: ISA) throws -> Double {
    guard let (g, pairs, count) = columns(x) else { return 0 }
    let values: [T] = x.values("columns", count, integers: false)
    var expected = [T](repeating: 0, count: try g.inputCount)
    for case (let column, let source?) in pairs { expected[source] += values[column] }
    let got = try written(x, values, expected.count) { (from, to) throws(KernelError) in
      try Kernels.col2im(from, g, into: &to, isa: isa, threads: x.threads)
    }
    try expectSame(got, expected, "images")
    return 0
  }

  /// Both products by their definitions, for one image.
  @Sendable private static func toeplitz(_ x: PadCase, _ isa: ISA) throws -> Double {
    var single = x
    single.batch = 1
    guard let (g, _, count) = columns(single) else { return 0 }
    let w: [T] = x.values("w", try g.weightCount, integers: true)
    let input: [T] = x.values("x", try g.inputCount, integers: true)
    let matrix = try written(x, w, try g.toeplitzCount) { (from, to) throws(KernelError) in
      try Kernels.toeplitz(from, g, into: &to, isa: isa, threads: x.threads)
    }
    let columns = try written(x, input, count) { (from, to) throws(KernelError) in
      try Kernels.im2col(from, g, into: &to, isa: isa)
    }
    let taps = g.kernel.x * g.kernel.y * g.kernel.z
    let depth = g.channels / g.groups
    let outputs = try g.outputCount / g.filters
    for f in 0..<g.filters {
      for o in 0..<outputs {
        let row = g.layout == .channelsLast ? o * g.filters + f : f * outputs + o
        let left = inner(Array(matrix[row * input.count..<(row + 1) * input.count]), input)
        var right = T(0)
        for c in 0..<depth {
          let channel = f / (g.filters / g.groups) * depth + c
          for t in 0..<taps {
            let weight = w[
              g.filterLayout == .filtersLast ? (t * depth + c) * g.filters + f : (f * depth + c) * taps + t]
            let column =
              g.layout == .channelsLast
              ? (o * taps + t) * g.channels + channel : (channel * taps + t) * outputs + o
            right += weight * columns[column]
          }
        }
        guard left == right else {
          throw PropertyFailure("filter \(f), output \(o): \(left) by the Toeplitz matrix, \(right) by columns")
        }
      }
    }
    return 0
  }

  @Sendable private static func malformed(_ x: PadCase, _ isa: ISA) throws -> Double {
    var g = x.padding
    let (inner, outer) = (try g.inputCount, try g.outputCount)
    var expected = KernelError(.badArgument, operand: "threads", expected: 1, got: -1)
    var counts = (from: inner, to: outer)
    switch x.choice {
    case 0: expected = KernelError(.badArgument, operand: "threads", expected: 1, got: 0)
    case 1:
      counts.from += 1
      expected = KernelError(.shapeMismatch, operand: "x count", expected: inner, got: inner + 1)
    case 2:
      counts.to += 1
      expected = KernelError(.shapeMismatch, operand: "y count", expected: outer, got: outer + 1)
    case 3:
      g.channels = -1
      expected = KernelError(.negativeSize, operand: "channels", expected: 0, got: -1)
    default:
      g.after.z = -g.input.z - g.before.z - 1
      expected = KernelError(.negativeSize, operand: "padded", expected: 0, got: -1)
    }
    let input = [T](repeating: 0, count: counts.from)
    var y = [T](repeating: T.canary, count: counts.to)
    do {
      var out = y.mutableSpan
      try pad(input.span, g, into: &out, isa: isa, threads: x.choice == 0 ? 0 : 1)
      throw PropertyFailure("nothing was thrown, expected \(expected)")
    } catch let error as KernelError {
      guard error == expected else { throw PropertyFailure("threw \(error), expected \(expected)") }
    }
    guard y.allSatisfy({ $0.bits == T.canary.bits }) else { throw PropertyFailure("a refused call wrote") }
    return 0
  }
}
