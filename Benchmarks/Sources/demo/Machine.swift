import Kernels

/// Where and with how many threads the kernels run, and the clock that they are timed by.
struct Machine: Sendable {
  var isa = ISA.current
  var threads = Threads.current
  /// Told how long every kernel took; nil where nobody wants to know.
  var profile: Profile?

  /// Runs a kernel; `operations` are those of its formula, `elements` what it must read and write at least.
  func timed<Result>(
    _ kernel: @autoclosure () -> String, operations: Double = 0, elements: Int = 0,
    _ run: () throws(KernelError) -> Result
  ) throws(KernelError) -> Result {
    guard let profile else { return try run() }
    let start = ContinuousClock.now
    let result = try run()
    profile.add(
      kernel(), seconds: Trainer.seconds(ContinuousClock.now - start), operations: operations,
      bytes: Double(elements * MemoryLayout<Float>.stride))
    return result
  }

  /// C <- activation(A B + bias for each column); `name` says what for.
  func product(
    _ name: String, _ a: [Float], _ aShape: MatrixShape, _ b: [Float], _ bShape: MatrixShape, into c: inout [Float],
    _ cShape: MatrixShape, bias: [Float] = [], activation: Activation<Float> = .identity
  ) throws(KernelError) {
    let operations = 2 * Double(cShape.rows) * Double(cShape.columns) * Double(aShape.columns)
    try timed(name, operations: operations) { () throws(KernelError) in
      var c = c.mutableSpan
      try gemm(
        a.span, aShape, b.span, bShape, into: &c, cShape, bias: bias.isEmpty ? nil : bias.span, biasAxis: .column,
        activation: activation, isa: isa, threads: threads)
    }
  }

  /// y <- the plan's convolution of x with these weights + bias + residual, its activation applied.
  func convolve(
    _ name: String, _ plan: Convolution<Float>, _ x: [Float], _ weights: [Float], bias: [Float] = [],
    residual: [Float], into y: inout [Float], workspace: inout [Float], operations: Double
  ) throws(KernelError) {
    try timed(name, operations: operations) { () throws(KernelError) in
      let packed = try plan.packed(weights.span)
      var y = y.mutableSpan
      var workspace = workspace.mutableSpan
      try plan.run(
        x.span, packed, bias: bias.isEmpty ? nil : bias.span, residual: residual.isEmpty ? nil : residual.span,
        into: &y, workspace: &workspace)
    }
  }

  /// The gradients of a convolution's weights and bias.
  func convolutionGradients(
    _ name: String, _ plan: Convolution<Float>, _ x: [Float], _ dy: [Float], into dw: inout [Float],
    bias db: inout [Float], workspace: inout [Float], operations: Double
  ) throws(KernelError) {
    try timed(name, operations: operations) { () throws(KernelError) in
      var dw = dw.mutableSpan
      var db = db.mutableSpan
      var workspace = workspace.mutableSpan
      try plan.backwardWeights(x.span, dy.span, into: &dw, bias: &db, workspace: &workspace)
    }
  }

  func pool(
    _ name: String, _ x: [Float], _ pooling: Pooling, into y: inout [Float], indices: inout [Int32]
  ) throws(KernelError) {
    try timed(name, elements: x.count + 2 * y.count) { () throws(KernelError) in
      var y = y.mutableSpan
      var indices = indices.mutableSpan
      try Kernels.pool(x.span, pooling, into: &y, indices: &indices, isa: isa, threads: threads)
    }
  }

  func poolBackward(
    _ name: String, _ dy: [Float], indices: [Int32], _ pooling: Pooling, into dx: inout [Float]
  ) throws(KernelError) {
    try timed(name, elements: dx.count + 2 * dy.count) { () throws(KernelError) in
      var dx = dx.mutableSpan
      try Kernels.poolBackward(dy.span, indices: indices.span, pooling, into: &dx, isa: isa, threads: threads)
    }
  }

  func step(
    _ sgd: SGD, _ value: inout [Float], gradient: [Float], velocity: inout [Float], number: Int
  ) throws(KernelError) {
    try timed("SGD with momentum", elements: 5 * value.count) { () throws(KernelError) in
      var value = value.mutableSpan
      var velocity = velocity.mutableSpan
      try sgd.update(&value, gradient: gradient.span, velocity: &velocity, step: number, isa: isa, threads: threads)
    }
  }

  /// The mean loss of the rows of logits, and its gradient.
  func crossEntropyGradient(
    _ logits: [Float], _ shape: AxisShape, _ labels: [Int], into delta: inout [Float]
  ) throws(KernelError) -> Float {
    try timed("softmax and cross-entropy", elements: 2 * logits.count) { () throws(KernelError) in
      var delta = delta.mutableSpan
      return try crossEntropy(
        logits.span, shape, targets: labels.span, gradient: &delta, isa: isa, threads: threads)
    }
  }

  /// Drops elements of y.
  func drop(_ y: inout [Float], _ p: Double, from source: RandomSource) throws(KernelError) {
    try timed("dropout", elements: 2 * y.count) { () throws(KernelError) in
      var y = y.mutableSpan
      try dropout(inPlace: &y, p: p, from: source, isa: isa, threads: threads)
    }
  }

  /// delta <- delta times the derivatives of dropout and of the activation, where y came out.
  func backward(
    _ activation: Activation<Float>, _ y: [Float], dropped p: Double, from source: RandomSource,
    _ delta: inout [Float]
  ) throws(KernelError) {
    try timed("dropout backward", elements: 2 * delta.count) { () throws(KernelError) in
      var delta = delta.mutableSpan
      try dropoutBackward(inPlace: &delta, p: p, from: source, isa: isa, threads: threads)
    }
    try backward(activation, y, &delta)
  }

  /// delta <- delta times the derivative of the activation, where y came out.
  func backward(
    _ activation: Activation<Float>, _ y: [Float], _ delta: inout [Float]
  ) throws(KernelError) {
    try timed("activation backward", elements: 3 * delta.count) { () throws(KernelError) in
      var delta = delta.mutableSpan
      try activateBackward(activation, y.span, inPlace: &delta, isa: isa, threads: threads)
    }
  }
}
