internal import CKernels

extension Float {
  @unsafe public static func _convolutionPlan(
    _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm, strict: Bool, _ isa: ISA
  ) throws(KernelError) -> _ConvolutionPlan {
    try unsafe .made(geometry, algorithm, strict: strict, isa, by: ck_sconv_plan)
  }

  @unsafe public static func _convolutionWhyNot(
    _ plan: _ConvolutionPlan, _ algorithm: ConvolutionAlgorithm
  ) -> String? {
    var plan = unsafe plan.c
    // SAFETY: the answer is NULL or a string constant.
    return unsafe ck_sconv_why_not(&plan, ck_conv_algorithm(algorithm.rawValue)).map { unsafe String(cString: $0) }
  }

  @unsafe public static func _convolutionWorkspace(
    _ plan: _ConvolutionPlan, _ pass: _ConvolutionPass, _ threads: Int?
  ) throws(KernelError) -> Int {
    let threads = try Threads.resolve(threads)
    var plan = unsafe plan.c
    let count =
      switch pass {
      case .forward: unsafe ck_sconv_workspace_count(&plan, threads)
      case .backwardWeights: unsafe ck_sconv_backward_weights_workspace_count(&plan, threads)
      }
    return try _ConvolutionPlan.workspace(count)
  }

  @unsafe public static func _convolutionGradient(
    _ plan: _ConvolutionPlan
  ) -> (algorithm: ConvolutionAlgorithm, errorGrowth: Double) {
    var plan = unsafe plan.c
    let algorithm = unsafe ConvolutionAlgorithm(rawValue: ck_sconv_backward_weights_algorithm(&plan).rawValue)
    return unsafe (algorithm ?? .direct, ck_sconv_backward_weights_error_growth(&plan))
  }

  @unsafe public static func _convolutionPack(
    _ plan: _ConvolutionPlan, _ w: UnsafeBufferPointer<Float>, _ scale: UnsafeBufferPointer<Float>?,
    _ packed: UnsafeMutableBufferPointer<Float>
  ) throws(KernelError) {
    var (plan, fault) = unsafe (plan.c, ck_fault())
    // SAFETY: the pointers come with the counts of their buffers, which C checks against the plan.
    let status = unsafe ck_sconv_pack(
      &plan, w.baseAddress, w.count, _ConvolutionCall.address(scale), scale?.count ?? 0, packed.baseAddress,
      packed.count, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _convolution(_ call: borrowing _ConvolutionCall<Float>) throws(KernelError) {
    let threads = try Threads.resolve(unsafe call.threads)
    let (activation, p, q) = unsafe call.activation.parameters
    var (plan, fault) = unsafe (call.plan.c, ck_fault())
    var epilogue = unsafe ck_sconv_epilogue(
      bias: _ConvolutionCall.address(call.bias), bias_count: call.bias?.count ?? 0,
      slopes: _ConvolutionCall.address(call.slopes), slopes_count: call.slopes?.count ?? 0,
      residual: _ConvolutionCall.address(call.residual), residual_count: call.residual?.count ?? 0,
      activation: activation, p: p, q: q)
    // SAFETY: the pointers come with the counts of their buffers, which C checks against the plan before it reads.
    let status = unsafe ck_sconv(
      &plan, threads, call.x.baseAddress, call.x.count, call.packed.baseAddress, call.packed.count,
      call.y.baseAddress, call.y.count, &epilogue, _ConvolutionCall.address(call.workspace),
      call.workspace?.count ?? 0, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _convolutionBackwardWeights(
    _ plan: _ConvolutionPlan, _ x: UnsafeBufferPointer<Float>, _ dy: UnsafeBufferPointer<Float>,
    _ dw: UnsafeMutableBufferPointer<Float>, _ db: UnsafeMutableBufferPointer<Float>?,
    _ workspace: UnsafeMutableBufferPointer<Float>?, _ threads: Int?
  ) throws(KernelError) {
    let threads = try Threads.resolve(threads)
    var (plan, fault) = unsafe (plan.c, ck_fault())
    // SAFETY: the pointers come with the counts of their buffers, which C checks against the plan before it reads.
    let status = unsafe ck_sconv_backward_weights(
      &plan, threads, x.baseAddress, x.count, dy.baseAddress, dy.count, dw.baseAddress, dw.count,
      _ConvolutionCall.address(db), db?.count ?? 0, _ConvolutionCall.address(workspace), workspace?.count ?? 0, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}

extension Double {
  @unsafe public static func _convolutionPlan(
    _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm, strict: Bool, _ isa: ISA
  ) throws(KernelError) -> _ConvolutionPlan {
    try unsafe .made(geometry, algorithm, strict: strict, isa, by: ck_dconv_plan)
  }

  @unsafe public static func _convolutionWhyNot(
    _ plan: _ConvolutionPlan, _ algorithm: ConvolutionAlgorithm
  ) -> String? {
    var plan = unsafe plan.c
    // SAFETY: the answer is NULL or a string constant.
    return unsafe ck_dconv_why_not(&plan, ck_conv_algorithm(algorithm.rawValue)).map { unsafe String(cString: $0) }
  }

  @unsafe public static func _convolutionWorkspace(
    _ plan: _ConvolutionPlan, _ pass: _ConvolutionPass, _ threads: Int?
  ) throws(KernelError) -> Int {
    let threads = try Threads.resolve(threads)
    var plan = unsafe plan.c
    let count =
      switch pass {
      case .forward: unsafe ck_dconv_workspace_count(&plan, threads)
      case .backwardWeights: unsafe ck_dconv_backward_weights_workspace_count(&plan, threads)
      }
    return try _ConvolutionPlan.workspace(count)
  }

  @unsafe public static func _convolutionGradient(
    _ plan: _ConvolutionPlan
  ) -> (algorithm: ConvolutionAlgorithm, errorGrowth: Double) {
    var plan = unsafe plan.c
    let algorithm = unsafe ConvolutionAlgorithm(rawValue: ck_dconv_backward_weights_algorithm(&plan).rawValue)
    return unsafe (algorithm ?? .direct, ck_dconv_backward_weights_error_growth(&plan))
  }

  @unsafe public static func _convolutionPack(
    _ plan: _ConvolutionPlan, _ w: UnsafeBufferPointer<Double>, _ scale: UnsafeBufferPointer<Double>?,
    _ packed: UnsafeMutableBufferPointer<Double>
  ) throws(KernelError) {
    var (plan, fault) = unsafe (plan.c, ck_fault())
    // SAFETY: the pointers come with the counts of their buffers, which C checks against the plan.
    let status = unsafe ck_dconv_pack(
      &plan, w.baseAddress, w.count, _ConvolutionCall.address(scale), scale?.count ?? 0, packed.baseAddress,
      packed.count, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _convolution(_ call: borrowing _ConvolutionCall<Double>) throws(KernelError) {
    let threads = try Threads.resolve(unsafe call.threads)
    let (activation, p, q) = unsafe call.activation.parameters
    var (plan, fault) = unsafe (call.plan.c, ck_fault())
    var epilogue = unsafe ck_dconv_epilogue(
      bias: _ConvolutionCall.address(call.bias), bias_count: call.bias?.count ?? 0,
      slopes: _ConvolutionCall.address(call.slopes), slopes_count: call.slopes?.count ?? 0,
      residual: _ConvolutionCall.address(call.residual), residual_count: call.residual?.count ?? 0,
      activation: activation, p: p, q: q)
    // SAFETY: the pointers come with the counts of their buffers, which C checks against the plan before it reads.
    let status = unsafe ck_dconv(
      &plan, threads, call.x.baseAddress, call.x.count, call.packed.baseAddress, call.packed.count,
      call.y.baseAddress, call.y.count, &epilogue, _ConvolutionCall.address(call.workspace),
      call.workspace?.count ?? 0, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _convolutionBackwardWeights(
    _ plan: _ConvolutionPlan, _ x: UnsafeBufferPointer<Double>, _ dy: UnsafeBufferPointer<Double>,
    _ dw: UnsafeMutableBufferPointer<Double>, _ db: UnsafeMutableBufferPointer<Double>?,
    _ workspace: UnsafeMutableBufferPointer<Double>?, _ threads: Int?
  ) throws(KernelError) {
    let threads = try Threads.resolve(threads)
    var (plan, fault) = unsafe (plan.c, ck_fault())
    // SAFETY: the pointers come with the counts of their buffers, which C checks against the plan before it reads.
    let status = unsafe ck_dconv_backward_weights(
      &plan, threads, x.baseAddress, x.count, dy.baseAddress, dy.count, dw.baseAddress, dw.count,
      _ConvolutionCall.address(db), db?.count ?? 0, _ConvolutionCall.address(workspace), workspace?.count ?? 0, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}
