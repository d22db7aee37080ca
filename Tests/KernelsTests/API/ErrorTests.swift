import Kernels
import Testing

/// One way to misuse a 2 x 3 by 3 x 2 product, and the error that says so.
struct Misuse: Sendable, CustomTestStringConvertible {
  let testDescription: String
  var a = MatrixShape(rows: 2, columns: 3)
  var b = MatrixShape(rows: 3, columns: 2)
  var c = MatrixShape(rows: 2, columns: 2)
  var batch = 1
  var threads: Int?
  var bias: [Float]?
  var residual: [Float]?
  var residualShape: MatrixShape?
  let error: KernelError

  static func size(_ a: SIMD2<Int>, _ b: SIMD2<Int>, _ c: SIMD2<Int>, _ error: KernelError) -> Misuse {
    Misuse(
      testDescription: "\(a) x \(b) -> \(c)", a: MatrixShape(rows: a.x, columns: a.y),
      b: MatrixShape(rows: b.x, columns: b.y), c: MatrixShape(rows: c.x, columns: c.y), error: error)
  }

  static let all: [Misuse] = [
    size([2, 3], [2, 2], [2, 2], KernelError(.shapeMismatch, operand: "b rows", expected: 3, got: 2)),
    size([2, 3], [3, 2], [3, 2], KernelError(.shapeMismatch, operand: "c rows", expected: 2, got: 3)),
    size([2, 3], [3, 2], [2, 1], KernelError(.shapeMismatch, operand: "c columns", expected: 2, got: 1)),
    size([-2, 3], [3, 2], [-2, 2], KernelError(.negativeSize, operand: "m", expected: 0, got: -2)),
    size([2, -1], [-1, 2], [2, 2], KernelError(.negativeSize, operand: "k", expected: 0, got: -1)),
    size([2, 4], [4, 2], [2, 2], KernelError(.shortBuffer, operand: "a", expected: 8, got: 6)),
    size([2, 3], [3, 3], [2, 3], KernelError(.shortBuffer, operand: "c", expected: 6, got: 4)),
    Misuse(
      testDescription: "b begins past its end", b: .rowMajor(3, 2, offset: 7),
      error: KernelError(.shortBuffer, operand: "b", expected: 7, got: 6)),
    Misuse(
      testDescription: "b begins late", b: .rowMajor(3, 2, offset: 1),
      error: KernelError(.shortBuffer, operand: "b", expected: 6, got: 5)),
    Misuse(
      testDescription: "a begins before the buffer", a: .rowMajor(2, 3, offset: -1),
      error: KernelError(.badArgument, operand: "a offset", expected: 0, got: -1)),
    Misuse(
      testDescription: "negative batch", batch: -1,
      error: KernelError(.negativeSize, operand: "batch", expected: 0, got: -1)),
    Misuse(
      testDescription: "no threads", threads: 0,
      error: KernelError(.badArgument, operand: "threads", expected: 1, got: 0)),
    Misuse(
      testDescription: "short bias", bias: [1], error: KernelError(.shortBuffer, operand: "bias", expected: 2, got: 1)),
    Misuse(
      testDescription: "empty residual", residual: [],
      error: KernelError(.shortBuffer, operand: "residual", expected: 4, got: 0)),
    Misuse(
      testDescription: "residual of another shape", residual: [1, 2, 3, 4, 5, 6],
      residualShape: MatrixShape(rows: 3, columns: 2),
      error: KernelError(.shapeMismatch, operand: "residual rows", expected: 2, got: 3)),
    Misuse(
      testDescription: "residual before its buffer, beyond every address", residual: [1, 2, 3, 4],
      residualShape: .rowMajor(2, 2, offset: .min),
      error: KernelError(.badArgument, operand: "residual offset", expected: 0, got: .min)),
    Misuse(
      testDescription: "residual behind its buffer, beyond every address", residual: [1, 2, 3, 4],
      residualShape: .rowMajor(2, 2, offset: .max),
      error: KernelError(.shortBuffer, operand: "residual", expected: .max, got: 4)),
  ]
}

@Suite struct ErrorTests {
  @Test("a misused product names operand, expected and got, and leaves C alone", arguments: Misuse.all)
  func misuse(_ misuse: Misuse) {
    let a: [Float] = [1, 2, 3, 4, 5, 6]
    var c: [Float] = [9, 8, 7, 6]
    let error = #expect(throws: KernelError.self) {
      var out = c.mutableSpan
      try gemm(
        a.span, misuse.a, a.span, misuse.b, into: &out, misuse.c, batch: misuse.batch, bias: misuse.bias?.span,
        residual: misuse.residual?.span, residualShape: misuse.residualShape, threads: misuse.threads)
    }
    #expect(error == misuse.error)
    #expect(c == [9, 8, 7, 6])
  }

  @Test("strides that cannot be are refused")
  func strides() {
    let a = pattern(100)
    var c = [Double](repeating: 1, count: 100)
    let negative = MatrixShape(size: [2, 2], strides: [-2, 1], offset: 4)
    let repeating = MatrixShape(size: [2, 2], strides: [0, 1])
    let square = MatrixShape(rows: 2, columns: 2)
    for (aShape, cShape, operand) in [(negative, square, "a"), (square, negative, "c"), (square, repeating, "c")] {
      let error = #expect(throws: KernelError.self) {
        var out = c.mutableSpan
        try gemm(a.span, aShape, a.span, square, into: &out, cShape)
      }
      #expect(error?.kind == .badStride)
      #expect(error?.operand == operand)
    }
    #expect(c.allSatisfy { $0 == 1 })
  }

  @Test("a clamp between limits in the wrong order, or no numbers, is refused", arguments: [1, Float.nan])
  func clamp(lo: Float) {
    let a: [Float] = [1, 2, 3, 4]
    var c: [Float] = [9, 8, 7, 6]
    let shape = MatrixShape(rows: 2, columns: 2)
    let error = #expect(throws: KernelError.self) {
      var out = c.mutableSpan
      try gemm(a.span, shape, a.span, shape, into: &out, shape, activation: .clamp(lo: lo, hi: 0))
    }
    #expect(error?.kind == .badArgument)
    #expect(error?.description == "bad argument: clamp needs lo <= hi")
    #expect(c == [9, 8, 7, 6])
  }

  @Test("sizes whose product does not fit are an overflow, not a trap")
  func overflow() {
    let a = pattern(4)
    var c = pattern(4)
    let huge = 1 << 40
    let error = #expect(throws: KernelError.self) {
      var out = c.mutableSpan
      try gemm(a.span, a.span, into: &out, m: huge, n: huge, k: huge)
    }
    #expect(error?.kind == .overflow)
  }

  @Test("the description tells a least value from a greatest and from an exact one", arguments: Described.all)
  func description(_ described: Described) {
    #expect(described.error.description == described.text)
  }

  @Test("operands that overlap are told with the bytes that they share")
  func overlap() {
    var values = [Float](repeating: 1, count: 10)
    let error = #expect(throws: KernelError.self) {
      try unsafe values.withUnsafeMutableBufferPointer { values in
        // The compiler would not let safe code do this.
        let a = unsafe UnsafeBufferPointer(rebasing: values[0..<6])
        var c = unsafe UnsafeMutableBufferPointer(rebasing: values[4..<8]).mutableSpan
        try unsafe gemm(a.span, a.span, into: &c, m: 2, n: 2, k: 3)
      }
    }
    #expect(error == KernelError(.overlap, operand: "a", expected: 0, got: 8))
    #expect(values.allSatisfy { $0 == 1 })
  }

  @Test("elements that are no whole images, and indices of no maximum, are told in words")
  func words() {
    let (x, bias): ([Float], [Float]) = ([1, 2, 3, 4, 5, 6, 7], [1, 2])
    var y = [Float](repeating: 1, count: 7)
    var indices: [Int32] = [5]
    let whole = #expect(throws: KernelError.self) {
      var out = y.mutableSpan
      try addBias(x.span, bias.span, into: &out, channels: 2, pixels: 3, channelsLast: true)
    }
    #expect(whole?.description == "shape mismatch: x count: 7 elements are no whole images of 6")
    let kind = #expect(throws: KernelError.self) {
      var out = y.mutableSpan
      var found = indices.mutableSpan
      try pool(bias.span, Pooling(.average(), channels: 1, input: 2, kernel: 2), into: &out, indices: &found)
    }
    #expect(kind?.description == "bad argument: indices: only a maximum has any")
    #expect(y.allSatisfy { $0 == 1 } && indices == [5])
  }
}

/// An error and the line that tells it.
struct Described: Sendable, CustomTestStringConvertible {
  let error: KernelError
  let text: String
  var testDescription: String { text }

  init(_ kind: KernelError.Kind, _ operand: String, _ expected: Int, _ got: Int, _ text: String) {
    error = KernelError(kind, operand: operand, expected: expected, got: got)
    self.text = text
  }

  static let all = [
    Described(.negativeSize, "m", 0, -2, "negative size: m needs at least 0, got -2"),
    Described(.shortBuffer, "b", 6, 4, "short buffer: b needs at least 6, got 4"),
    Described(.badStride, "c", 4, 2, "bad stride: c needs at least 4, got 2"),
    Described(.badStride, "a", 0, 6, "bad stride: a needs 0, got 6"),
    Described(.badArgument, "threads", 1, 0, "bad argument: threads needs at least 1, got 0"),
    Described(.badArgument, "exponent", 64, 65, "bad argument: exponent needs at most 64, got 65"),
    Described(
      .badArgument, "targets", 9, -3, "bad argument: targets needs numbers from 0 to 9, or the ignored one, got -3"),
    Described(.badArgument, "groups of filters", 6, 4, "bad argument: groups of filters needs a divisor of 6, got 4"),
    Described(.shapeMismatch, "b rows", 3, 2, "shape mismatch: b rows needs 3, got 2"),
    Described(.overlap, "a", 0, 24, "overlap: a shares 24 bytes with another operand"),
    Described(.overflow, "kernel", 7, 8, "overflow: kernel needs at most 7, got 8"),
    Described(.overflow, "before", 7, -8, "overflow: before needs at least -7, got -8"),
    Described(.overflow, "pixels", .max, 8, "overflow: pixels of 8: a product of sizes is more than \(Int.max)"),
    Described(.overflow, "offset", 5, 8, "overflow: offset leaves room for 5, got 8"),
    Described(.outOfMemory, "workspace", 64, 0, "out of memory: workspace could not be allocated"),
  ]
}
