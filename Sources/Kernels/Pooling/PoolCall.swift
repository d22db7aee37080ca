internal import CKernels

/// One pooling, or its way back, with everything it can be given.
///
/// Not API: the public functions fill one in while their spans are open, and ``KernelScalar`` hands it to C.
@unsafe
public struct _PoolCall<T: KernelScalar> {
  let pooling: Pooling
  let isa: ISA
  let threads: Int?
  var x: UnsafeBufferPointer<T>?
  var y: UnsafeMutableBufferPointer<T>?
  var found: UnsafeMutableBufferPointer<Int32>?
  var output: UnsafeBufferPointer<T>?
  var indices: UnsafeBufferPointer<Int32>?
  var dy: UnsafeBufferPointer<T>?
  var dx: UnsafeMutableBufferPointer<T>?

  @usableFromInline
  init(
    _ pooling: Pooling, x: UnsafeBufferPointer<T>, y: UnsafeMutableBufferPointer<T>,
    found: UnsafeMutableBufferPointer<Int32>? = nil, isa: ISA, threads: Int?
  ) {
    unsafe (self.pooling, self.isa, self.threads) = (pooling, isa, threads)
    unsafe (self.x, self.y, self.found) = unsafe (x, y, found)
  }

  @usableFromInline
  init(
    _ pooling: Pooling, pooled x: UnsafeBufferPointer<T>? = nil, output: UnsafeBufferPointer<T>? = nil,
    dy: UnsafeBufferPointer<T>, indices: UnsafeBufferPointer<Int32>? = nil, dx: UnsafeMutableBufferPointer<T>,
    isa: ISA, threads: Int?
  ) {
    unsafe (self.pooling, self.isa, self.threads) = (pooling, isa, threads)
    unsafe (self.x, self.output, self.indices) = unsafe (x, output, indices)
    unsafe (self.dy, self.dx) = unsafe (dy, dx)
  }
}

extension _PoolCall {
  /// That every buffer holds what the shape says, and that a way back has what its kind needs.
  func check() throws(KernelError) {
    let (inputs, outputs) = try unsafe pooling.counts()
    try unsafe require("x", inputs, x?.count)
    try unsafe require("y", outputs, y?.count ?? output?.count)
    try unsafe require("indices", outputs, found?.count ?? indices?.count)
    try unsafe require("dy", outputs, dy?.count)
    try unsafe require("dx", inputs, dx?.count)
    if unsafe found != nil && pooling.kind != .max {
      throw KernelError(.badArgument, operand: "indices", expected: 0, got: 1, reason: "only a maximum has any")
    }
    guard unsafe dx != nil else { return }
    let fits =
      switch unsafe pooling.kind {
      case .max: unsafe indices != nil
      case .average: unsafe indices == nil && output == nil
      case .lp: unsafe output != nil
      }
    if !fits { throw KernelError(.badArgument, operand: "kind", expected: 0, got: 1) }
  }

  private func require(_ operand: String, _ expected: Int, _ got: Int?) throws(KernelError) {
    guard let got, got < expected else { return }
    throw KernelError(.shortBuffer, operand: operand, expected: expected, got: got)
  }

  /// To C, NULL means that no indices are wanted, so an empty buffer needs another address; nothing is written to it.
  var foundAddress: UnsafeMutablePointer<Int32>? {
    guard let found = unsafe found else { return nil }
    return unsafe found.baseAddress ?? UnsafeMutablePointer(bitPattern: MemoryLayout<Int32>.alignment)
  }
}
