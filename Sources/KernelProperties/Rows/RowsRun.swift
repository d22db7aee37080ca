import Kernels
import KernelsReference

/// What can be done with rows: from x and w, an array of each row's elements or one number for each row.
struct RowsOperation: Sendable {
  enum Kind: Sendable {
    case softmax(log: Bool), backward(log: Bool), targets, probabilities, reduction(Reduction), arg(least: Bool), dot,
      maxBackward
  }

  let kind: Kind

  static let all: [RowsOperation] =
    [.softmax(log: false), .softmax(log: true), .backward(log: false), .backward(log: true), .targets, .probabilities]
    .map(RowsOperation.init) + Reduction.allCases.map { RowsOperation(kind: .reduction($0)) }
    + [.arg(least: false), .arg(least: true), .dot, .maxBackward].map(RowsOperation.init)

  /// Whether only some instruction sets give the same bits: those that fuse.
  var fuses: Bool {
    switch kind {
    case .backward(log: false), .probabilities, .reduction(.l2Norm), .dot: true
    default: false
    }
  }
}

/// The operands of a case between forbidden pages, and the results.
struct RowsRun<T: PropertyScalar> {
  let x: RowsCase
  let shape: AxisShape
  let logits: [T]
  let others: [T]
  let targets: [Int]

  /// - Parameter values: the elements of x, row by row; drawn from the case where nil.
  init(_ x: RowsCase, values: (x: [T], w: [T])? = nil) {
    self.x = x
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed), id: "rows", index: 0)
    let places = (0..<x.rows * x.count).map { (row: $0 / x.count, column: $0 % x.count) }
    logits =
      values?.x
      ?? places.map { random.rowValue(fill: x.fill, row: $0.row &+ x.seed % 1000, isFirst: $0.column == 0) }
    others = values?.w ?? places.map { random.rowValue(fill: min(x.fill, 1), row: $0.row) }
    // Of their own source, so that they do not depend on who gives the values.
    var choice = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed), id: "targets", index: 0)
    targets = (0..<x.rows).map { _ in choice.chance(20) ? -100 : choice.int(0...max(x.count - 1, 0)) }
    let (step, gap) = (max(x.step, 1), max(x.gap, 0))
    let line = (x.along == 1 ? x.count : x.inner) * step + gap
    let plane = line * (x.along == 1 ? x.inner : x.count) + gap
    shape = AxisShape(
      outer: x.outer, count: x.count, inner: x.inner, outerStride: plane, stride: x.along == 1 ? step : line,
      innerStride: x.along == 1 ? line : step)
  }

  /// The place of element j of row r.
  private func place(_ r: Int, _ j: Int) -> Int {
    r / max(x.inner, 1) * shape.outerStride + j * shape.stride + r % max(x.inner, 1) * shape.innerStride
  }

  private func buffer(_ values: [T]?) -> GuardedBuffer<T> {
    let isEmpty = x.rows == 0 || x.count == 0
    let memory = GuardedBuffer<T>(
      count: isEmpty ? 0 : place(x.rows - 1, x.count - 1) + 1, side: x.flushLeft == 1 ? .left : .right)
    for index in 0..<memory.elements.count { memory.elements[index] = T.canary }
    for index in (values ?? []).indices { memory.elements[place(index / x.count, index % x.count)] = values![index] }
    return memory
  }

  /// The elements of the rows, one row after the other.
  ///
  /// - Throws: ``PropertyFailure`` where a byte between or beside them is not what it was.
  private func contents(_ memory: GuardedBuffer<T>) throws -> [T] {
    guard memory.surroundingsAreIntact else { throw PropertyFailure("bytes beside a buffer changed") }
    var rest = unsafe Array(memory.elements)
    let elements = (0..<x.rows * x.count).map { index in
      let at = place(index / x.count, index % x.count)
      rest[at] = T.canary
      return memory.elements[at]
    }
    guard rest.allSatisfy({ $0.bits == T.canary.bits }) else { throw PropertyFailure("a gap between rows changed") }
    return elements
  }

  /// What the operation gives: elements, then one number for each row or for all.
  func results(_ operation: RowsOperation, _ isa: ISA, threads: Int? = nil, inPlace: Bool = false) throws -> [T] {
    let (a, b, out) = (buffer(logits), buffer(others), buffer(nil))
    let threads = threads ?? max(x.threads, 1)
    var numbers = [T](repeating: 0, count: x.rows)
    let numbersCount = numbers.count
    // SAFETY: the buffers outlive the spans and have memory of their own, but where an operation is in place.
    var y = unsafe inPlace ? a.elements.mutableSpan : out.elements.mutableSpan
    let (xs, ws) = unsafe (a.elements.span, b.elements.span)
    switch operation.kind {
    case .softmax(let log):
      switch (log, inPlace) {
      case (false, false): try softmax(xs, shape, into: &y, isa: isa, threads: threads)
      case (true, false): try logSoftmax(xs, shape, into: &y, isa: isa, threads: threads)
      case (false, true): try softmax(inPlace: &y, shape, isa: isa, threads: threads)
      case (true, true): try logSoftmax(inPlace: &y, shape, isa: isa, threads: threads)
      }
    case .backward(let log):
      log
        ? try logSoftmaxBackward(xs, ws, into: &y, shape, isa: isa, threads: threads)
        : try softmaxBackward(xs, ws, into: &y, shape, isa: isa, threads: threads)
    case .targets:
      numbers[0] = try crossEntropy(
        xs, shape, targets: targets.span, gradient: &y, isa: isa, threads: threads)
    case .probabilities:
      numbers[0] = try crossEntropy(
        xs, shape, probabilities: ws, reduction: .sum, gradient: &y, isa: isa, threads: threads)
    case .reduction(let reduction):
      var out = numbers.mutableSpan
      try reduce(xs, shape, reduction, into: &out, isa: isa, threads: threads)
    case .arg(let least):
      var places = [Int](repeating: -1, count: numbersCount)
      var out = places.mutableSpan
      least
        ? try argMin(xs, shape, into: &out, isa: isa, threads: threads)
        : try argMax(xs, shape, into: &out, isa: isa, threads: threads)
      numbers = places.map { T($0) }
    case .maxBackward:
      let dy = (0..<x.rows).map { x.count > 0 ? others[$0 * x.count] : 0 }
      try maxoutBackward(xs, dy.span, into: &y, shape, isa: isa, threads: threads)
    case .dot:
      var out = numbers.mutableSpan
      try dot(xs, shape, ws, into: &out, isa: isa, threads: threads)
    }
    if !inPlace { try check(a, logits, "x") }
    try check(b, others, "w")
    return try contents(inPlace ? a : out) + numbers
  }

  private func check(_ memory: GuardedBuffer<T>, _ values: [T], _ name: String) throws {
    guard zip(try contents(memory), values).allSatisfy({ $0.bits == $1.bits }) else {
      throw PropertyFailure("an input changed: \(name)")
    }
  }

  /// Row r of x and of w.
  func row(_ r: Int) -> ReferenceRow<T> { ReferenceRow(Array(logits[r * x.count..<(r + 1) * x.count])) }
  func other(_ r: Int) -> [T] { Array(others[r * x.count..<(r + 1) * x.count]) }
}

extension RowsRun {
  /// That results are the same bit for bit (any NaN matches any NaN).
  static func expectSame(_ got: [T], _ expected: [T], _ what: String) throws {
    for index in expected.indices where !got[index].isSame(as: expected[index]) {
      throw PropertyFailure("\(what): [\(index)] is \(got[index]), not \(expected[index])")
    }
  }
}
