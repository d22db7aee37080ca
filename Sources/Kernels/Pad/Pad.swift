/// Sets `y` to the images of `x` with what ``PadGeometry`` says around them.
///
/// - Parameters:
///   - x: the images.
///   - geometry: sizes, amounts, mode and layout.
///   - value: what ``PadGeometry/Mode/constant`` adds.
///   - y: the padded images.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``PadGeometry/outputCount`` throws;
///   ``KernelError/Kind/shapeMismatch`` where a count differs.
/// - Accuracy: copies bits.
/// - Edge cases: an axis without elements can only be padded with a constant.  An empty batch does nothing.
/// - Threads: make no difference to the result.
@inlinable
public func pad<T: KernelScalar>(
  _ x: Span<T>, _ geometry: PadGeometry, value: T = 0, into y: inout MutableSpan<T>, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      // SAFETY: the call ends before the spans close; it checks their counts and finds any overlap.
      try unsafe T._pad(x, y, geometry, value, backward: false, isa, threads)
    }
  }
}

/// Sets `dx` to the gradient with respect to the images, from `dy`, that with respect to the padded images: each element
/// gets the sum of all places that ``pad(_:_:value:into:isa:threads:)`` fills from it.
///
/// - Parameters:
///   - dy: the gradient of the padded images.
///   - geometry: as in the forward call.
///   - dx: the gradient of the images.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what ``PadGeometry/outputCount`` throws;
///   ``KernelError/Kind/shapeMismatch`` where a count differs.
/// - Accuracy: within (m − 1)·u·Σ|dy| for m places; exact for constants.
/// - Edge cases: an element that a negative amount leaves out gets +0; NaN and infinities propagate; what a constant
///   filled is not read.  An empty batch does nothing.
/// - Threads: a sum starts from +0 and takes places in ascending order; the bits are the same on every ``ISA``.
@inlinable
public func padBackward<T: KernelScalar>(
  _ dy: Span<T>, _ geometry: PadGeometry, into dx: inout MutableSpan<T>, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try unsafe dx.withUnsafeMutableBufferPointer { (dx) throws(KernelError) in
    try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
      // SAFETY: as above.
      try unsafe T._pad(dy, dx, geometry, 0, backward: true, isa, threads)
    }
  }
}
