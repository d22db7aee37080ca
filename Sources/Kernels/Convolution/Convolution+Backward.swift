extension Convolution {
  /// The plan of the backward pass with respect to x: run on the gradient of y, it gives that of x.
  ///
  /// It takes the same weights as they lie, packed by itself:
  ///
  /// ```swift
  /// let backward = try layer.backwardData()
  /// try backward.run(dy.span, backward.packed(weights.span), into: &dx)
  /// ```
  ///
  /// - Parameters:
  ///   - algorithm: one by name; `automatic` chooses by the shape alone.
  ///   - strict: only algorithms that add up the formula's own products.
  /// - Throws: ``KernelError/Kind/badArgument`` for an algorithm that cannot compute it; ``KernelError/Kind/overflow``.
  public func backwardData(
    algorithm: ConvolutionAlgorithm = .automatic, strict: Bool = false
  ) throws(KernelError) -> Convolution {
    try Convolution(geometry.adjoint, algorithm: algorithm, strict: strict, isa: isa, threads: threads)
  }

  /// The algorithm of the gradient of the weights: the plan's own where that is minimal filtering, else
  /// ``ConvolutionAlgorithm/direct``.
  ///
  /// Few products err so little that the larger tiles would err more than 16 times as much: images of fewer than 144
  /// outputs have ``ConvolutionAlgorithm/winograd2`` for 3 taps and `direct` for 5, those of fewer than 576 `winograd2`
  /// for 5 x 5.
  public var backwardWeightsAlgorithm: ConvolutionAlgorithm {
    // SAFETY: the plan is one of this type's own.
    unsafe Scalar._convolutionGradient(plan).algorithm
  }

  /// The factor E of the error of ``backwardWeights(_:_:into:)``, in units of u.
  public var backwardWeightsErrorGrowth: Double {
    // SAFETY: the plan is one of this type's own.
    unsafe Scalar._convolutionGradient(plan).errorGrowth
  }

  /// Sets dw to the gradient of the weights: dw[f, c, t] = Σ dy[n, f, o] · x[n, c, o·stride + t·dilation − padBefore].
  ///
  /// By ``backwardWeightsAlgorithm``: `direct`, and so every strict plan, adds up the products themselves.
  ///
  /// - Parameters:
  ///   - x: the images of the forward pass.
  ///   - dy: the gradient of y before the activation.
  ///   - dw: the gradient, lying as the weights do.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shortBuffer``, or
  ///   ``KernelError/Kind/outOfMemory`` for the workspace.
  /// - Accuracy: with E = ``backwardWeightsErrorGrowth`` within E·u·Σ|dy||x| for `direct`; within E·u·‖dy‖‖x‖ for
  ///   minimal filtering, Euclidean norms of all outputs of the filter and of all of the channel.
  /// - Edge cases: an empty batch gives zeros; padding adds nothing.  NaN and infinities propagate, in minimal
  ///   filtering to every tap of their filter and channel.
  /// - Threads: the bits do not depend on their number, on alignment, or on which fused ``ISA`` ran.
  public func backwardWeights(
    _ x: Span<Scalar>, _ dy: Span<Scalar>, into dw: inout MutableSpan<Scalar>
  ) throws(KernelError) {
    try unsafe dw.withUnsafeMutableBufferPointer { (dw) throws(KernelError) in
      try unsafe gradient(x, dy, dw, nil, nil)
    }
  }

  /// Sets dw and db to the gradients of the weights and of the bias, db[f] = Σ dy[n, f, o].
  ///
  /// - Parameters:
  ///   - x: the images of the forward pass.
  ///   - dy: the gradient of y before the activation.
  ///   - dw: the gradient, lying as the weights do.
  ///   - db: one element for each filter.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shortBuffer``, or
  ///   ``KernelError/Kind/outOfMemory`` for the workspace.
  /// - Accuracy: as ``backwardWeights(_:_:into:)``, db like dw of `direct`.
  /// - Edge cases: as there.
  /// - Threads: as there.
  public func backwardWeights(
    _ x: Span<Scalar>, _ dy: Span<Scalar>, into dw: inout MutableSpan<Scalar>, bias db: inout MutableSpan<Scalar>
  ) throws(KernelError) {
    try unsafe dw.withUnsafeMutableBufferPointer { (dw) throws(KernelError) in
      try unsafe db.withUnsafeMutableBufferPointer { (db) throws(KernelError) in
        try unsafe gradient(x, dy, dw, db, nil)
      }
    }
  }

  /// Sets dw to the gradient of the weights, in memory of the caller's.
  ///
  /// - Parameters:
  ///   - x: the images of the forward pass.
  ///   - dy: the gradient of y before the activation.
  ///   - dw: the gradient, lying as the weights do.
  ///   - workspace: at least ``backwardWeightsWorkspaceCount`` elements.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shortBuffer``.
  /// - Accuracy: as ``backwardWeights(_:_:into:)``.
  /// - Edge cases: as there.
  /// - Threads: as there.
  public func backwardWeights(
    _ x: Span<Scalar>, _ dy: Span<Scalar>, into dw: inout MutableSpan<Scalar>, workspace: inout MutableSpan<Scalar>
  ) throws(KernelError) {
    try unsafe dw.withUnsafeMutableBufferPointer { (dw) throws(KernelError) in
      try unsafe workspace.withUnsafeMutableBufferPointer { (workspace) throws(KernelError) in
        try unsafe gradient(x, dy, dw, nil, workspace)
      }
    }
  }

  /// Sets dw and db to the gradients of the weights and of the bias, in memory of the caller's.
  ///
  /// - Parameters:
  ///   - x: the images of the forward pass.
  ///   - dy: the gradient of y before the activation.
  ///   - dw: the gradient, lying as the weights do.
  ///   - db: one element for each filter.
  ///   - workspace: at least ``backwardWeightsWorkspaceCount`` elements.
  /// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/shortBuffer``.
  /// - Accuracy: as ``backwardWeights(_:_:into:bias:)``.
  /// - Edge cases: as there.
  /// - Threads: as there.
  public func backwardWeights(
    _ x: Span<Scalar>, _ dy: Span<Scalar>, into dw: inout MutableSpan<Scalar>, bias db: inout MutableSpan<Scalar>,
    workspace: inout MutableSpan<Scalar>
  ) throws(KernelError) {
    try unsafe dw.withUnsafeMutableBufferPointer { (dw) throws(KernelError) in
      try unsafe db.withUnsafeMutableBufferPointer { (db) throws(KernelError) in
        try unsafe workspace.withUnsafeMutableBufferPointer { (workspace) throws(KernelError) in
          try unsafe gradient(x, dy, dw, db, workspace)
        }
      }
    }
  }

  @unsafe private func gradient(
    _ x: Span<Scalar>, _ dy: Span<Scalar>, _ dw: UnsafeMutableBufferPointer<Scalar>,
    _ db: UnsafeMutableBufferPointer<Scalar>?, _ workspace: UnsafeMutableBufferPointer<Scalar>?
  ) throws(KernelError) {
    try unsafe x.withUnsafeBufferPointer { (x) throws(KernelError) in
      try unsafe dy.withUnsafeBufferPointer { (dy) throws(KernelError) in
        // SAFETY: the call ends before the spans close; exclusivity of the outputs rules out overlap; C checks extents.
        try unsafe Scalar._convolutionBackwardWeights(plan, x, dy, dw, db, workspace, threads)
      }
    }
  }
}

// MARK: One call

/// Sets y to activation((x ⊛ w + bias) + residual): plans, packs and runs.
///
/// A ``Convolution`` that is kept does the first two once.
///
/// ```swift
/// let g = ConvolutionGeometry(channels: 1, filters: 1, input: 4, kernel: 2)
/// let (x, w): ([Float], [Float]) = ([1, 2, 3, 4], [1, 10])
/// var y = [Float](repeating: 0, count: 3)
/// var out = y.mutableSpan
/// try convolution(x.span, w.span, into: &out, g)       // y = [21, 32, 43]
/// ```
///
/// - Parameters:
///   - x: images, as `geometry` has them.
///   - weights: as `geometry` has them.
///   - y: the output.
///   - geometry: sizes and layouts.
///   - bias: one element for each filter.
///   - residual: elements to add, lying like y.
///   - activation: the function applied last.
///   - slopes: one slope of a PReLU for each filter; `activation` must then be ``Activation/identity``.
///   - algorithm: one by name; `automatic` chooses by the shape alone.
///   - strict: only algorithms that add up the formula's own products.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what
///   ``Convolution/init(_:activation:algorithm:strict:isa:threads:)``, ``Convolution/packed(_:scale:)`` and
///   ``Convolution/run(_:_:bias:residual:slopes:into:accumulating:)`` throw.
/// - Accuracy: as ``Convolution/run(_:_:bias:residual:slopes:into:accumulating:)``.
/// - Edge cases: as there.
/// - Threads: as there.
public func convolution<T: KernelScalar>(
  _ x: Span<T>, _ weights: Span<T>, into y: inout MutableSpan<T>, _ geometry: ConvolutionGeometry,
  bias: Span<T>? = nil, residual: Span<T>? = nil, activation: Activation<T> = .identity, slopes: Span<T>? = nil,
  algorithm: ConvolutionAlgorithm = .automatic, strict: Bool = false, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  let plan = try Convolution<T>(
    geometry, activation: activation, algorithm: algorithm, strict: strict, isa: isa, threads: threads)
  try plan.run(x, plan.packed(weights), bias: bias, residual: residual, slopes: slopes, into: &y)
}

/// Sets dx to the gradient of x, given that of y: one call of ``Convolution/backwardData(algorithm:strict:)``.
///
/// - Parameters:
///   - dy: the gradient of y before the activation.
///   - weights: those of the forward pass.
///   - dx: the gradient, lying like x.
///   - geometry: that of the forward pass.
///   - algorithm: one by name; `automatic` chooses by the shape alone.
///   - strict: only algorithms that add up the formula's own products.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: as ``convolution(_:_:into:_:bias:residual:activation:slopes:algorithm:strict:isa:threads:)``, of which it
///   is a call: errors name dy x and dx y.
/// - Accuracy: as ``Convolution/run(_:_:bias:residual:slopes:into:accumulating:)``.
/// - Edge cases: as there; an element of x that no output sees gets 0.
/// - Threads: as there.
public func convolutionBackwardData<T: KernelScalar>(
  _ dy: Span<T>, _ weights: Span<T>, into dx: inout MutableSpan<T>, _ geometry: ConvolutionGeometry,
  algorithm: ConvolutionAlgorithm = .automatic, strict: Bool = false, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  try convolution(
    dy, weights, into: &dx, geometry.adjoint, algorithm: algorithm, strict: strict, isa: isa, threads: threads)
}

/// Sets dw to the gradient of the weights: one call of ``Convolution/backwardWeights(_:_:into:)``.
///
/// - Parameters:
///   - x: the images of the forward pass.
///   - dy: the gradient of y before the activation.
///   - dw: the gradient, lying as the weights do.
///   - geometry: that of the forward pass.
///   - algorithm: one by name; `automatic` chooses by the shape alone.
///   - strict: only algorithms that add up the formula's own products.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what
///   ``Convolution/init(_:activation:algorithm:strict:isa:threads:)`` and ``Convolution/backwardWeights(_:_:into:)``
///   throw.
/// - Accuracy: as ``Convolution/backwardWeights(_:_:into:)``.
/// - Edge cases: as there.
/// - Threads: as there.
public func convolutionBackwardWeights<T: KernelScalar>(
  _ x: Span<T>, _ dy: Span<T>, into dw: inout MutableSpan<T>, _ geometry: ConvolutionGeometry,
  algorithm: ConvolutionAlgorithm = .automatic, strict: Bool = false, isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  let plan = try Convolution<T>(geometry, algorithm: algorithm, strict: strict, isa: isa, threads: threads)
  try plan.backwardWeights(x, dy, into: &dw)
}

/// Sets dw and db to the gradients of the weights and of the bias: one call of
/// ``Convolution/backwardWeights(_:_:into:bias:)``.
///
/// - Parameters:
///   - x: the images of the forward pass.
///   - dy: the gradient of y before the activation.
///   - dw: the gradient, lying as the weights do.
///   - db: one element for each filter.
///   - geometry: that of the forward pass.
///   - algorithm: one by name; `automatic` chooses by the shape alone.
///   - strict: only algorithms that add up the formula's own products.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: what
///   ``Convolution/init(_:activation:algorithm:strict:isa:threads:)`` and
///   ``Convolution/backwardWeights(_:_:into:bias:)`` throw.
/// - Accuracy: as ``Convolution/backwardWeights(_:_:into:bias:)``.
/// - Edge cases: as there.
/// - Threads: as there.
public func convolutionBackwardWeights<T: KernelScalar>(
  _ x: Span<T>, _ dy: Span<T>, into dw: inout MutableSpan<T>, bias db: inout MutableSpan<T>,
  _ geometry: ConvolutionGeometry, algorithm: ConvolutionAlgorithm = .automatic, strict: Bool = false,
  isa: ISA = .current, threads: Int? = nil
) throws(KernelError) {
  let plan = try Convolution<T>(geometry, algorithm: algorithm, strict: strict, isa: isa, threads: threads)
  try plan.backwardWeights(x, dy, into: &dw, bias: &db)
}
