/// A convolution that has been planned: built once in microseconds, run many times.
///
/// ```swift
/// let layer = try Convolution<Float>(
///   ConvolutionGeometry(channels: 64, filters: 128, input: SIMD2(56, 56), kernel: SIMD2(3, 3), padding: .same),
///   activation: .relu)
/// let filters = try layer.packed(weights.span)
/// try layer.run(x.span, filters, bias: b.span, into: &y)      // y = relu(x ⊛ w + b)
/// print(layer.explanation)                                    // which algorithm, and why
/// ```
///
/// A plan is a value: it holds no operands and no caches, shares nothing, and may be used from many tasks at once.
///
/// - Accuracy: `direct` stays within (K + 2)·u·Σ|w||x| of each output before the epilogue, K products in its sum.
/// - Threads: the bits depend on what is under an output, the weights of its filter and the plan: not on the number of
///   threads, the batch, the alignment or which fused ``ISA`` ran.
public struct Convolution<Scalar: KernelScalar>: Sendable {
  /// What is computed.
  public let geometry: ConvolutionGeometry
  /// The function applied last.
  public let activation: Activation<Scalar>
  /// The instruction set that runs it.
  public let isa: ISA
  /// The most threads a call uses; nil takes ``Threads/current`` then.
  public let threads: Int?
  let plan: _ConvolutionPlan

  /// Plans a convolution.
  ///
  /// - Parameters:
  ///   - geometry: sizes and layouts.
  ///   - activation: the function applied to the sums, after bias and residual.
  ///   - algorithm: one by name; `automatic` chooses by the shape alone.
  ///   - strict: only algorithms that add up the formula's own products.
  ///   - isa: the instruction set to run.
  ///   - threads: the most threads to use; nil takes ``Threads/current`` at each call.
  /// - Throws: what ``ConvolutionGeometry/outputSize`` throws; ``KernelError/Kind/badArgument`` for an algorithm that
  ///   cannot compute it, or `threads` below 1.
  public init(
    _ geometry: ConvolutionGeometry, activation: Activation<Scalar> = .identity,
    algorithm: ConvolutionAlgorithm = .automatic, strict: Bool = false, isa: ISA = .current, threads: Int? = nil
  ) throws(KernelError) {
    _ = try Threads.resolve(threads)
    self.geometry = geometry
    self.activation = activation
    self.isa = isa
    self.threads = threads
    plan = try unsafe Scalar._convolutionPlan(geometry, algorithm, strict: strict, isa)
  }

  /// The extents of y.
  public var outputSize: SIMD3<Int> { plan.outputSize }

  /// Elements of x, of the weights and of y.
  public var counts: (x: Int, weights: Int, y: Int) { plan.counts }

  /// Elements of workspace that a forward call takes.
  ///
  /// - Throws: ``KernelError/Kind/badArgument`` where there is no such number of threads,
  ///   ``KernelError/Kind/overflow`` where no memory holds so many.
  public var workspaceCount: Int {
    get throws(KernelError) { try unsafe Scalar._convolutionWorkspace(plan, .forward, threads) }
  }

  /// Elements of workspace that ``backwardWeights(_:_:into:bias:workspace:)`` takes.
  ///
  /// - Throws: as ``workspaceCount``.
  public var backwardWeightsWorkspaceCount: Int {
    get throws(KernelError) { try unsafe Scalar._convolutionWorkspace(plan, .backwardWeights, threads) }
  }

  /// What the plan does and why.
  public var explanation: ConvolutionExplanation {
    let others = ConvolutionAlgorithm.allCases.filter { $0 != .automatic && $0 != plan.algorithm }
    // SAFETY: the plan is one of this type's own.
    let rejected = others.map { other in
      ConvolutionExplanation.Rejection(
        algorithm: other, reason: unsafe Scalar._convolutionWhyNot(plan, other) ?? "another was asked for")
    }
    return plan.explanation(
      rejected: rejected, threads: threads ?? Threads.current,
      workspaceBytes: ((try? workspaceCount) ?? 0) * MemoryLayout<Scalar>.stride)
  }

  /// Copies weights into the order in which the plan's algorithm reads them.
  ///
  /// - Parameters:
  ///   - weights: as the geometry's filter layout has them.
  ///   - scale: a factor for each filter that is multiplied into its weights, each product rounded once: a batch
  ///     normalisation folded into the convolution, whose shift is the bias.
  /// - Throws: ``KernelError/Kind/shortBuffer`` or ``KernelError/Kind/outOfMemory``.
  public func packed(_ weights: Span<Scalar>, scale: Span<Scalar>? = nil) throws(KernelError) -> PackedFilters<Scalar> {
    let storage = try AlignedStorage<Scalar>(count: plan.packedCount, for: "packed")
    try unsafe weights.withUnsafeBufferPointer { (w) throws(KernelError) in
      try unsafe withOptionalBuffer(scale) { (scale) throws(KernelError) in
        // SAFETY: all buffers carry their counts, and nobody else has seen the storage yet.
        try unsafe Scalar._convolutionPack(plan, w, scale, storage.buffer)
      }
    }
    return PackedFilters(storage: storage)
  }

  /// Sets y to activation((x ⊛ w + bias) + residual).
  ///
  /// - Parameters:
  ///   - x: images, as the geometry has them.
  ///   - weights: what ``packed(_:scale:)`` of a plan with the same weights' shape, algorithm and ISA made.
  ///   - bias: one element for each filter.
  ///   - residual: elements to add, lying like y.
  ///   - slopes: one slope for each filter, of a PReLU that is applied last: x < 0 ? slope·x : x.  The plan's
  ///     ``activation`` must then be ``Activation/identity``.
  ///   - y: the output; not read unless `accumulating`.
  ///   - accumulating: adds what y holds as the residual; `residual` must be nil then.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shortBuffer``;
  ///   ``KernelError/Kind/wrongPacking``; ``KernelError/Kind/badArgument`` where `slopes` come with an activation,
  ///   `residual` comes with `accumulating`, or a parameter of the activation lies outside its domain;
  ///   ``KernelError/Kind/outOfMemory`` for the workspace.
  /// - Accuracy: before the epilogue ``ConvolutionExplanation/errorBound`` of the plan; bias and residual round once
  ///   each, and the activation is as accurate as ``Activation`` says.
  /// - Edge cases: an empty batch does nothing.  NaN and infinities propagate: padding is 0 times its weight, so NaN
  ///   where that is infinite; in minimal filtering one in x reaches every output of its tile.
  /// - Threads: as ``Convolution`` says.
  public func run(
    _ x: Span<Scalar>, _ weights: PackedFilters<Scalar>, bias: Span<Scalar>? = nil, residual: Span<Scalar>? = nil,
    slopes: Span<Scalar>? = nil, into y: inout MutableSpan<Scalar>, accumulating: Bool = false
  ) throws(KernelError) {
    try unsafe call(x, weights, bias, residual, slopes, &y, accumulating, nil)
  }

  /// Sets y to activation((x ⊛ w + bias) + residual), in memory of the caller's.
  ///
  /// - Parameters:
  ///   - x: images, as the geometry has them.
  ///   - weights: what ``packed(_:scale:)`` made.
  ///   - bias: one element for each filter.
  ///   - residual: elements to add, lying like y.
  ///   - slopes: one slope for each filter, of a PReLU that is applied last: x < 0 ? slope·x : x.  The plan's
  ///     ``activation`` must then be ``Activation/identity``.
  ///   - y: the output; not read unless `accumulating`.
  ///   - accumulating: adds what y holds as the residual; `residual` must be nil then.
  ///   - workspace: at least ``workspaceCount`` elements; what they hold afterwards is of no use.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shortBuffer``;
  ///   ``KernelError/Kind/wrongPacking``; ``KernelError/Kind/badArgument`` where `slopes` come with an activation,
  ///   `residual` comes with `accumulating`, or a parameter of the activation lies outside its domain.
  /// - Accuracy: as ``run(_:_:bias:residual:slopes:into:accumulating:)``.
  /// - Edge cases: as there.
  /// - Threads: as there.
  public func run(
    _ x: Span<Scalar>, _ weights: PackedFilters<Scalar>, bias: Span<Scalar>? = nil, residual: Span<Scalar>? = nil,
    slopes: Span<Scalar>? = nil, into y: inout MutableSpan<Scalar>, accumulating: Bool = false,
    workspace: inout MutableSpan<Scalar>
  ) throws(KernelError) {
    try unsafe workspace.withUnsafeMutableBufferPointer { (workspace) throws(KernelError) in
      // SAFETY: the call ends before the span closes.
      try unsafe call(x, weights, bias, residual, slopes, &y, accumulating, workspace)
    }
  }

  @unsafe private func call(
    _ x: Span<Scalar>, _ weights: PackedFilters<Scalar>, _ bias: Span<Scalar>?, _ residual: Span<Scalar>?,
    _ slopes: Span<Scalar>?, _ y: inout MutableSpan<Scalar>, _ accumulating: Bool,
    _ workspace: UnsafeMutableBufferPointer<Scalar>?
  ) throws(KernelError) {
    if accumulating && residual != nil {
      throw KernelError(.badArgument, operand: "residual while accumulating", expected: 0, got: 1)
    }
    try unsafe y.withUnsafeMutableBufferPointer { (y) throws(KernelError) in
      try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
        try unsafe withOptionalBuffer(bias) { (bias) throws(KernelError) in
          try unsafe withOptionalBuffer(residual) { (residual) throws(KernelError) in
            try unsafe withOptionalBuffer(slopes) { (slopes) throws(KernelError) in
              // SAFETY: the call ends before the spans close; exclusivity of `y` rules out overlap; C checks every
              // extent.
              try unsafe Scalar._convolution(
                _ConvolutionCall(
                  plan: plan, threads: threads, x: x, packed: UnsafeBufferPointer(weights.storage.buffer), y: y,
                  bias: bias, residual: accumulating ? UnsafeBufferPointer(y) : residual, slopes: slopes,
                  activation: activation, workspace: workspace))
            }
          }
        }
      }
    }
  }
}

/// Weights in the order in which an algorithm of convolution reads them; copies share the storage, which never changes.
///
/// They serve every plan whose weights have the same shape and that has the same algorithm, tile and instruction set: for
/// any batch, image size, stride, dilation and padding.  A plan refuses others with ``KernelError/Kind/wrongPacking``;
/// ``Convolution/explanation`` tells a plan's tile, of which direct convolution has two: for few channels along rows of one
/// plane, and for all else.
public struct PackedFilters<Scalar: KernelScalar>: Sendable {
  let storage: AlignedStorage<Scalar>

  /// The bytes they take.
  public var byteCount: Int { unsafe storage.buffer.count * MemoryLayout<Scalar>.stride }
}

/// Opens a span that may be missing.
@unsafe func withOptionalBuffer<T>(
  _ span: Span<T>?, _ body: (UnsafeBufferPointer<T>?) throws(KernelError) -> Void
) throws(KernelError) {
  guard let span else { return try body(nil) }
  try unsafe span.withUnsafeBufferPointer { (buffer) throws(KernelError) in try unsafe body(buffer) }
}
