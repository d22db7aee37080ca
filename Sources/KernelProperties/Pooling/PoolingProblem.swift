import Kernels
import KernelsReference

/// The operands that a case describes, between guard pages, and calls on them.
struct PoolingProblem<T: PropertyScalar> {
  let x: PoolingCase
  let windows: ReferenceWindows
  let input: GuardedBuffer<T>
  let output: GuardedBuffer<T>
  let indices: GuardedBuffer<Int32>
  let dy: GuardedBuffer<T>
  let dx: GuardedBuffer<T>

  var images: Int { x.batch * x.channels }
  var inputs: Int { windows.inputCount }
  var outputs: Int { windows.windows.count }

  init(_ x: PoolingCase) {
    self.x = x
    windows = x.windows
    let side: GuardedBuffer<T>.Side = x.flushLeft == 1 ? .left : .right
    let images = x.batch * x.channels
    let (inputs, outputs) = (images * windows.inputCount, images * windows.windows.count)
    input = GuardedBuffer(count: inputs, side: side)
    dx = GuardedBuffer(count: inputs, side: side)
    output = GuardedBuffer(count: outputs, side: side)
    dy = GuardedBuffer(count: outputs, side: side)
    indices = GuardedBuffer(count: outputs, side: x.flushLeft == 1 ? .left : .right)
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed), id: "pooling", index: 0)
    for i in 0..<inputs { input.elements[i] = random.value(fill: x.fill, depth: 64) }
    for i in 0..<outputs { dy.elements[i] = random.value(fill: x.fill == 0 ? 0 : 1, depth: 64) }
    for i in 0..<inputs { dx.elements[i] = T.canary }
    for i in 0..<outputs { output.elements[i] = T.canary }
  }

  /// y, and for a maximum `indexed` the indices.
  func forward(_ isa: ISA, indexed: Bool = false, threads: Int? = nil) throws {
    let threads = threads ?? x.threads
    var y = unsafe memory(of: output).mutableSpan
    if indexed {
      var found = unsafe memory(of: indices).mutableSpan
      try unsafe pool(memory(of: input).span, x.pooling, into: &y, indices: &found, isa: isa, threads: threads)
    } else {
      try unsafe pool(memory(of: input).span, x.pooling, into: &y, isa: isa, threads: threads)
    }
    try checkSurroundings()
  }

  /// dx, from what ``forward(_:indexed:threads:)`` left.
  func backward(_ isa: ISA, threads: Int? = nil) throws {
    let threads = threads ?? x.threads
    let dy = unsafe memory(of: self.dy).span
    var dx = unsafe memory(of: self.dx).mutableSpan
    switch x.kind {
    case 0:
      try unsafe poolBackward(dy, indices: memory(of: indices).span, x.pooling, into: &dx, isa: isa, threads: threads)
    case 1: try poolBackward(dy, x.pooling, into: &dx, isa: isa, threads: threads)
    default:
      try unsafe poolBackward(
        dy, x: memory(of: input).span, y: memory(of: output).span, x.pooling, into: &dx, isa: isa, threads: threads)
    }
    try checkSurroundings()
  }

  private func checkSurroundings() throws {
    let intact =
      input.surroundingsAreIntact && output.surroundingsAreIntact && dx.surroundingsAreIntact
      && dy.surroundingsAreIntact && indices.surroundingsAreIntact
    if !intact { throw PropertyFailure("bytes beside a buffer changed") }
  }

  /// Channel `image` of a buffer whose channels have `size` elements.
  func channel<E: BitwiseCopyable>(_ buffer: GuardedBuffer<E>, _ image: Int, size: Int) -> [E] {
    (0..<size).map { i in
      let (item, channel) = (image / x.channels, image % x.channels)
      let at = x.channelsFirst == 1 ? image * size + i : (item * size + i) * x.channels + channel
      return buffer.elements[at]
    }
  }

  func elements<E: BitwiseCopyable>(_ buffer: GuardedBuffer<E>) -> [E] { unsafe Array(buffer.elements) }
}

/// A buffer's elements, copied out of the object: a span of them then depends on nothing that might end before it.
@safe
func memory<E: BitwiseCopyable>(of buffer: GuardedBuffer<E>) -> UnsafeMutableBufferPointer<E> { buffer.elements }

/// That two rows of numbers are the same bit for bit (any NaN matches any NaN).
func expectSameElements<T: PropertyScalar>(_ got: [T], _ expected: [T], _ what: String) throws {
  guard let index = expected.indices.first(where: { !got[$0].isSame(as: expected[$0]) }) else { return }
  throw PropertyFailure("\(what): element \(index) is \(got[index]), not \(expected[index])")
}

/// The worst error as a fraction of its bound.
func worstRatio<T: PropertyScalar>(
  _ got: [T], _ expected: [(value: T.Wide, bound: Double)], _ what: String
) throws -> Double {
  var worst = 0.0
  for (index, (value, bound)) in expected.enumerated() {
    let error = value.distance(to: got[index])
    if error == 0 { continue }
    // The reference itself is right to 64 u of the bound.
    guard error <= bound * (1 + 64 * T.unitRoundoff) else {
      throw PropertyFailure(
        "\(what) \(index) is \(got[index]), not \(value): the error is \(error), the bound \(bound)")
    }
    worst = max(worst, min(1, error / bound))
  }
  return worst
}
