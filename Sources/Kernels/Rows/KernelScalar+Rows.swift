internal import CKernels

extension Float {
  @unsafe public static func _softmax(
    log: Bool, _ x: UnsafeBufferPointer<Float>, _ xShape: AxisShape, _ y: UnsafeMutableBufferPointer<Float>,
    _ yShape: AxisShape, isa: ISA, threads: Int?
  ) throws(KernelError) {
    try xShape.agree("y", yShape)
    var rows = ck_rows(xShape)
    var xAxis = try ck_axis(xShape, count: x.count, operand: "x")
    var yAxis = try ck_axis(yShape, count: y.count, operand: "y")
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: the pointers come with the counts of their buffers, which C checks against the shapes before it reads.
    let status = unsafe ck_ssoftmax(
      table, threads, log, &rows, x.address(xShape.offset), &xAxis, y.address(yShape.offset), &yAxis, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _softmaxBackward(
    log: Bool, _ y: UnsafeBufferPointer<Float>, _ dy: UnsafeBufferPointer<Float>,
    _ dx: UnsafeMutableBufferPointer<Float>,
    _ shape: AxisShape, isa: ISA, threads: Int?
  ) throws(KernelError) {
    var rows = ck_rows(shape)
    var yAxis = try ck_axis(shape, count: y.count, operand: "y")
    var dyAxis = try ck_axis(shape, count: dy.count, operand: "dy")
    var dxAxis = try ck_axis(shape, count: dx.count, operand: "dx")
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: as in _softmax.
    let status = unsafe ck_ssoftmax_backward(
      table, threads, log, &rows, y.address(shape.offset), &yAxis, dy.address(shape.offset), &dyAxis,
      dx.address(shape.offset), &dxAxis, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _crossEntropy(
    _ call: borrowing _CrossEntropyCall<Float>, into losses: UnsafeMutableBufferPointer<Float>
  ) throws(KernelError) {
    let shape = unsafe call.shape
    if let other = unsafe call.probabilitiesShape { try shape.agree("probabilities", other) }
    var rows = ck_rows(shape)
    var xAxis = try unsafe ck_axis(shape, count: call.x.count, operand: "x")
    var dxAxis = try unsafe ck_axis(shape, count: call.dx?.count ?? shape.offset, operand: "dx")
    let other = unsafe call.probabilitiesShape ?? shape
    var targets = try unsafe ck_scross_entropy_targets(
      targets: _CrossEntropyCall<Float>.present(call.targets), targets_count: call.targets?.count ?? 0,
      ignored: call.ignored, weights: _CrossEntropyCall<Float>.present(call.weights),
      weights_count: call.weights?.count ?? 0,
      probabilities: _CrossEntropyCall<Float>.present(call.probabilities, other.offset),
      probabilities_axis: ck_axis(other, count: call.probabilities?.count ?? other.offset, operand: "probabilities"))
    let (threads, table) = (try Threads.resolve(unsafe call.threads), try unsafe call.isa.table())
    var upstream = unsafe call.upstream
    var fault = unsafe ck_fault()
    let (x, kind) = unsafe (call.x.address(shape.offset), call.lossKind)
    let dx = unsafe _CrossEntropyCall<Float>.present(call.dx, shape.offset)
    // SAFETY: as in _softmax; `upstream` is one element, and a call with a loss for each row has no gradient.
    let status = unsafe withUnsafePointer(to: &upstream) { upstream in
      unsafe ck_scross_entropy(
        table, threads, kind, &rows, x, &xAxis, &targets, losses.baseAddress, losses.count,
        kind == CK_LOSS_NONE ? nil : upstream, 1, dx, &dxAxis, &fault)
    }
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}

extension Double {
  @unsafe public static func _softmax(
    log: Bool, _ x: UnsafeBufferPointer<Double>, _ xShape: AxisShape, _ y: UnsafeMutableBufferPointer<Double>,
    _ yShape: AxisShape, isa: ISA, threads: Int?
  ) throws(KernelError) {
    try xShape.agree("y", yShape)
    var rows = ck_rows(xShape)
    var xAxis = try ck_axis(xShape, count: x.count, operand: "x")
    var yAxis = try ck_axis(yShape, count: y.count, operand: "y")
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: the pointers come with the counts of their buffers, which C checks against the shapes before it reads.
    let status = unsafe ck_dsoftmax(
      table, threads, log, &rows, x.address(xShape.offset), &xAxis, y.address(yShape.offset), &yAxis, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _softmaxBackward(
    log: Bool, _ y: UnsafeBufferPointer<Double>, _ dy: UnsafeBufferPointer<Double>,
    _ dx: UnsafeMutableBufferPointer<Double>,
    _ shape: AxisShape, isa: ISA, threads: Int?
  ) throws(KernelError) {
    var rows = ck_rows(shape)
    var yAxis = try ck_axis(shape, count: y.count, operand: "y")
    var dyAxis = try ck_axis(shape, count: dy.count, operand: "dy")
    var dxAxis = try ck_axis(shape, count: dx.count, operand: "dx")
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: as in _softmax.
    let status = unsafe ck_dsoftmax_backward(
      table, threads, log, &rows, y.address(shape.offset), &yAxis, dy.address(shape.offset), &dyAxis,
      dx.address(shape.offset), &dxAxis, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _crossEntropy(
    _ call: borrowing _CrossEntropyCall<Double>, into losses: UnsafeMutableBufferPointer<Double>
  ) throws(KernelError) {
    let shape = unsafe call.shape
    if let other = unsafe call.probabilitiesShape { try shape.agree("probabilities", other) }
    var rows = ck_rows(shape)
    var xAxis = try unsafe ck_axis(shape, count: call.x.count, operand: "x")
    var dxAxis = try unsafe ck_axis(shape, count: call.dx?.count ?? shape.offset, operand: "dx")
    let other = unsafe call.probabilitiesShape ?? shape
    var targets = try unsafe ck_dcross_entropy_targets(
      targets: _CrossEntropyCall<Double>.present(call.targets), targets_count: call.targets?.count ?? 0,
      ignored: call.ignored, weights: _CrossEntropyCall<Double>.present(call.weights),
      weights_count: call.weights?.count ?? 0,
      probabilities: _CrossEntropyCall<Double>.present(call.probabilities, other.offset),
      probabilities_axis: ck_axis(other, count: call.probabilities?.count ?? other.offset, operand: "probabilities"))
    let (threads, table) = (try Threads.resolve(unsafe call.threads), try unsafe call.isa.table())
    var upstream = unsafe call.upstream
    var fault = unsafe ck_fault()
    let (x, kind) = unsafe (call.x.address(shape.offset), call.lossKind)
    let dx = unsafe _CrossEntropyCall<Double>.present(call.dx, shape.offset)
    // SAFETY: as in _softmax; `upstream` is one element, and a call with a loss for each row has no gradient.
    let status = unsafe withUnsafePointer(to: &upstream) { upstream in
      unsafe ck_dcross_entropy(
        table, threads, kind, &rows, x, &xAxis, &targets, losses.baseAddress, losses.count,
        kind == CK_LOSS_NONE ? nil : upstream, 1, dx, &dxAxis, &fault)
    }
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}

extension UnsafeMutableBufferPointer {
  /// The address of element `offset`, which ck_axis.init has found to lie within the buffer; nil in an empty one.
  func address(_ offset: Int) -> UnsafeMutablePointer<Element>? { unsafe baseAddress.map { unsafe $0 + offset } }
}
