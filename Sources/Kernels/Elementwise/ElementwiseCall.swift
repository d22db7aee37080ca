internal import CKernels

/// One elementwise call with everything it can be asked for.
///
/// Not API: the public functions fill one in while their spans are open, and ``KernelScalar`` hands it to C.
@unsafe
public struct _ElementwiseCall<T: KernelScalar> {
  let code: ck_op
  let a: UnsafeBufferPointer<T>
  let b: UnsafeBufferPointer<T>
  @usableFromInline var c: UnsafeBufferPointer<T>?
  let broadcast: Broadcast
  let f: _MapFunction<T>
  let isa: ISA
  let threads: Int?

  @usableFromInline
  init(
    _ operation: BinaryOperation, _ a: UnsafeBufferPointer<T>, _ b: UnsafeBufferPointer<T>, _ broadcast: Broadcast,
    _ activation: Activation<T>, _ isa: ISA, _ threads: Int?
  ) {
    unsafe (code, self.a, self.b) = unsafe (operation.code, a, b)
    unsafe (self.broadcast, f) = (broadcast, _MapFunction(activation))
    unsafe (self.isa, self.threads) = (isa, threads)
  }

  @usableFromInline
  init(
    _ operation: TernaryOperation, _ a: UnsafeBufferPointer<T>, _ b: UnsafeBufferPointer<T>, _ broadcast: Broadcast,
    _ activation: Activation<T>, _ isa: ISA, _ threads: Int?
  ) {
    unsafe (code, self.a, self.b) = unsafe (operation.code, a, b)
    unsafe (self.broadcast, f) = (broadcast, _MapFunction(activation))
    unsafe (self.isa, self.threads) = (isa, threads)
  }
}

extension _ElementwiseCall {
  /// That every operand has the elements that its shape says.
  func checkCounts(_ y: Int) throws(KernelError) {
    try unsafe checkCount("y count", broadcast.count(-1), y)
    try unsafe checkCount("a count", broadcast.count(0), a.count)
    try unsafe checkCount("b count", broadcast.count(1), b.count)
    if let c = unsafe c { try unsafe checkCount("c count", broadcast.count(2), c.count) }
  }
}

extension KernelError {
  /// The error of a call to an elementwise operation, in the names that its caller gave the operands a, b and c.
  @usableFromInline
  func renamed(a: String, b: String, c: String = "c") -> KernelError {
    for (old, new) in [("a", a), ("b", b), ("c", c)] where operand == old || operand == old + " count" {
      let name = new + operand.dropFirst(old.count)
      return KernelError(kind, operand: name, expected: expected, got: got, reason: reason)
    }
    return self
  }
}

/// How many images there are in `count` elements.
func images(_ count: Int, channels: Int, pixels: Int) throws(KernelError) -> Int {
  guard pixels >= 0 else { throw KernelError(.negativeSize, operand: "pixels", expected: 0, got: pixels) }
  let (image, overflow) = channels.multipliedReportingOverflow(by: pixels)
  if overflow { throw KernelError(.overflow, operand: "pixels", expected: .max, got: pixels) }
  guard image == 0 ? count == 0 : count % image == 0 else {
    throw KernelError(
      .shapeMismatch, operand: "dy count", expected: image, got: count,
      reason: "\(count) elements are no whole images of \(image)")
  }
  return image == 0 ? 0 : count / image
}
