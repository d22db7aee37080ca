internal import CKernels

/// The shapes of a max-unpooling: images of few elements a channel become images of many.
public struct Unpooling: Hashable, Sendable {
  /// Images and their channels.
  public var batch: Int, channels: Int
  /// Elements of x and of y in each channel.
  public var inputs: Int, outputs: Int
  /// How x and y lie.
  public var layout: ImageLayout

  /// Shapes from their numbers.
  public init(batch: Int = 1, channels: Int, inputs: Int, outputs: Int, layout: ImageLayout = .channelsLast) {
    (self.batch, self.channels, self.inputs, self.outputs) = (batch, channels, inputs, outputs)
    self.layout = layout
  }

  /// What undoes a max-pooling with indices.
  ///
  /// - Throws: what ``Pooling/outputSize`` throws; ``KernelError/Kind/overflow`` where the elements of a channel do not fit
  ///   an `Int`.
  public init(undoing pooling: Pooling) throws(KernelError) {
    let size = try pooling.outputSize
    self.init(
      batch: pooling.batch, channels: pooling.channels, inputs: try Unpooling.elements(size, "output"),
      outputs: try Unpooling.elements(pooling.input, "input"), layout: pooling.layout)
  }

  private static func elements(_ size: SIMD3<Int>, _ operand: String) throws(KernelError) -> Int {
    let plane = size.y.multipliedReportingOverflow(by: size.z)
    let all = size.x.multipliedReportingOverflow(by: plane.partialValue)
    if plane.overflow || all.overflow {
      throw KernelError(.overflow, operand: operand, expected: .max, got: size.max())
    }
    return all.partialValue
  }
}

/// Sets y[indices[o]] to x[o] in each channel, the last of those that share an index, and the rest of y to 0.
///
/// - Parameters:
///   - x: batch · channels · inputs elements.
///   - indices: as many, each −1 (passed over) or below `outputs`.
///   - shape: how many elements there are.
///   - y: batch · channels · outputs elements.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/negativeSize``,
///   ``KernelError/Kind/overflow``, ``KernelError/Kind/shortBuffer``, or ``KernelError/Kind/badArgument`` for an index
///   below −1 or beyond y.
/// - Accuracy: copies bits.
/// - Edge cases: without inputs, or where every index is −1, y is 0.  No images do nothing.
/// - Threads: the bits do not depend on their number.
@inlinable
public func unpool<T: KernelScalar>(
  _ x: Span<T>, indices: Span<Int32>, _ shape: Unpooling, into y: inout MutableSpan<T>, threads: Int? = nil
) throws(KernelError) {
  try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      try unsafe indices.withUnsafeBufferPointer { (indices) throws(KernelError) in
        // SAFETY: the call ends before the spans close; exclusivity of `y` rules out overlap; the counts are checked.
        try unsafe T._unpool(shape, backward: false, x, indices, y, threads)
      }
    }
  }
}

/// Sets dx[o] to dy[indices[o]], the adjoint of ``unpool(_:indices:_:into:threads:)``; 0 where the index is −1.
///
/// - Parameters:
///   - dy: the gradient of y.
///   - indices: those of the unpooling.
///   - shape: how many elements there are.
///   - dx: batch · channels · inputs elements.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/negativeSize``,
///   ``KernelError/Kind/overflow``, ``KernelError/Kind/shortBuffer``, or ``KernelError/Kind/badArgument`` for an index
///   below −1 or beyond y.
/// - Accuracy: copies bits.
/// - Edge cases: of elements that share an index each gets that dy, though only the last stands in y.  No images do
///   nothing.
/// - Threads: the bits do not depend on their number.
@inlinable
public func unpoolBackward<T: KernelScalar>(
  _ dy: Span<T>, indices: Span<Int32>, _ shape: Unpooling, into dx: inout MutableSpan<T>, threads: Int? = nil
) throws(KernelError) {
  try unsafe dx.withUnsafeMutableBufferPointer { (dx) throws(KernelError) in
    try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
      try unsafe indices.withUnsafeBufferPointer { (indices) throws(KernelError) in
        // SAFETY: as above.
        try unsafe T._unpool(shape, backward: true, dy, indices, dx, threads)
      }
    }
  }
}

extension Unpooling {
  /// The same for C; that the buffers hold what it says.
  func checked(small: (name: String, count: Int), large: (name: String, count: Int), indices: Int)
    throws(KernelError) -> ck_unpool
  {
    for (name, size) in [("batch", batch), ("channels", channels), ("inputs", inputs), ("outputs", outputs)]
    where size < 0 {
      throw KernelError(.negativeSize, operand: name, expected: 0, got: size)
    }
    let images = batch.multipliedReportingOverflow(by: channels)
    let needed = images.partialValue.multipliedReportingOverflow(by: inputs)
    let whole = images.partialValue.multipliedReportingOverflow(by: outputs)
    if images.overflow || needed.overflow {
      throw KernelError(.overflow, operand: "inputs", expected: .max, got: inputs)
    }
    if whole.overflow { throw KernelError(.overflow, operand: "outputs", expected: .max, got: outputs) }
    try require(small.name, needed.partialValue, small.count)
    try require("indices", needed.partialValue, indices)
    try require(large.name, whole.partialValue, large.count)
    return ck_unpool(
      layout: layout == .channelsLast ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST, batch: batch, channels: channels,
      inputs: inputs, outputs: outputs)
  }

  private func require(_ operand: String, _ expected: Int, _ got: Int) throws(KernelError) {
    if got < expected { throw KernelError(.shortBuffer, operand: operand, expected: expected, got: got) }
  }
}
