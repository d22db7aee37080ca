internal import CKernels

/// One softmax-cross-entropy with everything it can be asked for.
///
/// Not API: the public functions fill one in while their spans are open, and ``KernelScalar`` hands it to C.
@unsafe
public struct _CrossEntropyCall<T: KernelScalar> {
  let shape: AxisShape
  /// nil: a loss for each row.
  let reduction: LossReduction?
  let upstream: T
  let isa: ISA
  let threads: Int?
  @usableFromInline var dx: UnsafeMutableBufferPointer<T>?
  var x = unsafe UnsafeBufferPointer<T>(start: nil, count: 0)
  var targets: UnsafeBufferPointer<Int>?
  var ignored = 0
  var weights: UnsafeBufferPointer<T>?
  var probabilities: UnsafeBufferPointer<T>?
  var probabilitiesShape: AxisShape?

  @usableFromInline
  init(_ shape: AxisShape, _ reduction: LossReduction?, _ upstream: T, _ isa: ISA, _ threads: Int?) {
    unsafe (self.shape, self.reduction, self.upstream) = (shape, reduction, upstream)
    unsafe (self.isa, self.threads) = (isa, threads)
  }
}

extension _CrossEntropyCall {
  @usableFromInline
  func run(
    _ x: Span<T>, targets: Span<Int>, _ ignored: Int, _ weights: Span<T>?, into losses: UnsafeMutableBufferPointer<T>
  ) throws(KernelError) {
    var call = unsafe self
    unsafe call.ignored = ignored
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      try unsafe targets.withUnsafeBufferPointer { (targets) throws(KernelError) in
        unsafe (call.x, call.targets) = unsafe (x, targets)
        // SAFETY: every span is open until the call has ended.
        guard let weights else { return try unsafe T._crossEntropy(call, into: losses) }
        try unsafe weights.withUnsafeBufferPointer { (weights) throws(KernelError) in
          unsafe call.weights = unsafe weights
          try unsafe T._crossEntropy(call, into: losses)
        }
      }
    }
  }

  @usableFromInline
  func run(
    _ x: Span<T>, probabilities: Span<T>, _ probabilitiesShape: AxisShape, into losses: UnsafeMutableBufferPointer<T>
  ) throws(KernelError) {
    var call = unsafe self
    unsafe call.probabilitiesShape = probabilitiesShape
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      try unsafe probabilities.withUnsafeBufferPointer { (probabilities) throws(KernelError) in
        unsafe (call.x, call.probabilities) = unsafe (x, probabilities)
        // SAFETY: every span is open until the call has ended.
        try unsafe T._crossEntropy(call, into: losses)
      }
    }
  }

  @usableFromInline
  func total(_ x: Span<T>, targets: Span<Int>, _ ignored: Int, _ weights: Span<T>?) throws(KernelError) -> T {
    var loss: T = 0
    try unsafe withOne(&loss) { (loss) throws(KernelError) in
      try unsafe run(x, targets: targets, ignored, weights, into: loss)
    }
    return loss
  }

  @usableFromInline
  func total(_ x: Span<T>, probabilities: Span<T>, _ probabilitiesShape: AxisShape) throws(KernelError) -> T {
    var loss: T = 0
    try unsafe withOne(&loss) { (loss) throws(KernelError) in
      try unsafe run(x, probabilities: probabilities, probabilitiesShape, into: loss)
    }
    return loss
  }

  /// Room for one element of C's.
  private func withOne(
    _ element: inout T, _ body: (UnsafeMutableBufferPointer<T>) throws(KernelError) -> Void
  ) throws(KernelError) {
    try unsafe withUnsafeMutablePointer(to: &element) { (pointer) throws(KernelError) in
      // SAFETY: the pointer is to one element.
      try unsafe body(UnsafeMutableBufferPointer(start: pointer, count: 1))
    }
  }

  var lossKind: ck_loss {
    switch unsafe reduction {
    case nil: CK_LOSS_NONE
    case .mean: CK_LOSS_MEAN
    case .sum: CK_LOSS_SUM
    }
  }

  /// To C, NULL means none, so an empty buffer needs another address; its count is what the call then objects to.
  static func present<Element>(_ buffer: UnsafeBufferPointer<Element>?, _ offset: Int = 0) -> UnsafePointer<Element>? {
    guard let buffer = unsafe buffer else { return nil }
    return unsafe buffer.address(offset) ?? UnsafePointer(bitPattern: MemoryLayout<Element>.alignment)
  }

  static func present(_ buffer: UnsafeMutableBufferPointer<T>?, _ offset: Int) -> UnsafeMutablePointer<T>? {
    unsafe UnsafeMutablePointer(mutating: present(buffer.map { UnsafeBufferPointer($0) }, offset))
  }
}

extension ck_rows {
  init(_ shape: AxisShape) { self.init(outer: shape.outer, n: shape.count, inner: shape.inner) }
}

extension ck_axis {
  /// The part of a buffer of `count` elements that starts at the shape's offset.
  init(_ shape: AxisShape, count: Int, operand: String) throws(KernelError) {
    guard shape.offset >= 0 else {
      throw KernelError(.badArgument, operand: "\(operand) offset", expected: 0, got: shape.offset)
    }
    guard shape.offset <= count else {
      throw KernelError(.shortBuffer, operand: operand, expected: shape.offset, got: count)
    }
    self.init(
      count: count - shape.offset, outer_stride: shape.outerStride, stride: shape.stride,
      inner_stride: shape.innerStride)
  }
}

extension AxisShape {
  /// That another operand's rows are as many and as long.
  func agree(_ operand: String, _ other: AxisShape) throws(KernelError) {
    for (expected, got) in [(outer, other.outer), (count, other.count), (inner, other.inner)] where expected != got {
      throw KernelError(.shapeMismatch, operand: operand, expected: expected, got: got)
    }
  }
}
