internal import CKernels

extension Float {
  @unsafe public static func _optimize(_ call: borrowing _OptimizerCall<Float>) throws(KernelError) {
    try unsafe call.checkCounts()
    let table = try unsafe call.isa.table()
    let threads = try unsafe Threads.resolve(call.threads)
    let (n, p, g) = unsafe (call.p.count, call.p.baseAddress, call.g.baseAddress)
    let (first, second, third) = unsafe (call.state(0), call.state(1), call.state(2))
    var fault = unsafe ck_fault()
    let status: ck_status
    // SAFETY: every buffer that is there holds n elements; C asks for those that the settings need.
    switch unsafe call.rule {
    case .sgd(let settings, let step):
      var settings = ck_sgd(settings, step)
      status = unsafe ck_ssgd(table, threads, &settings, n, g, p, first, &fault)
    case .adam(let settings, let step):
      var settings = ck_adam(settings, step)
      status = unsafe ck_sadam(table, threads, &settings, n, g, p, first, second, third, &fault)
    case .adagrad(let settings, let step):
      var settings = ck_adagrad(settings, step)
      status = unsafe ck_sadagrad(table, threads, &settings, n, g, p, first, &fault)
    case .rmsProp(let settings):
      var settings = ck_rmsprop(settings)
      status = unsafe ck_srmsprop(table, threads, &settings, n, g, p, first, second, third, &fault)
    }
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _addSquares(
    _ g: UnsafeBufferPointer<Float>, _ sum: inout Double, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    let table = try unsafe isa.table()
    let threads = try Threads.resolve(threads)
    var fault = unsafe ck_fault()
    // SAFETY: the pointer comes with its buffer's count.
    let status = unsafe ck_sadd_squares(table, threads, g.count, g.baseAddress, &sum, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _clip(
    _ factor: Double, _ g: UnsafeMutableBufferPointer<Float>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    let table = try unsafe isa.table()
    let threads = try Threads.resolve(threads)
    var fault = unsafe ck_fault()
    // SAFETY: as above.
    let status = unsafe ck_sclip(table, threads, factor, g.count, g.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}

extension Double {
  @unsafe public static func _optimize(_ call: borrowing _OptimizerCall<Double>) throws(KernelError) {
    try unsafe call.checkCounts()
    let table = try unsafe call.isa.table()
    let threads = try unsafe Threads.resolve(call.threads)
    let (n, p, g) = unsafe (call.p.count, call.p.baseAddress, call.g.baseAddress)
    let (first, second, third) = unsafe (call.state(0), call.state(1), call.state(2))
    var fault = unsafe ck_fault()
    let status: ck_status
    // SAFETY: every buffer that is there holds n elements; C asks for those that the settings need.
    switch unsafe call.rule {
    case .sgd(let settings, let step):
      var settings = ck_sgd(settings, step)
      status = unsafe ck_dsgd(table, threads, &settings, n, g, p, first, &fault)
    case .adam(let settings, let step):
      var settings = ck_adam(settings, step)
      status = unsafe ck_dadam(table, threads, &settings, n, g, p, first, second, third, &fault)
    case .adagrad(let settings, let step):
      var settings = ck_adagrad(settings, step)
      status = unsafe ck_dadagrad(table, threads, &settings, n, g, p, first, &fault)
    case .rmsProp(let settings):
      var settings = ck_rmsprop(settings)
      status = unsafe ck_drmsprop(table, threads, &settings, n, g, p, first, second, third, &fault)
    }
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _addSquares(
    _ g: UnsafeBufferPointer<Double>, _ sum: inout Double, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    let table = try unsafe isa.table()
    let threads = try Threads.resolve(threads)
    var fault = unsafe ck_fault()
    // SAFETY: the pointer comes with its buffer's count.
    let status = unsafe ck_dadd_squares(table, threads, g.count, g.baseAddress, &sum, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _clip(
    _ factor: Double, _ g: UnsafeMutableBufferPointer<Double>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    let table = try unsafe isa.table()
    let threads = try Threads.resolve(threads)
    var fault = unsafe ck_fault()
    // SAFETY: as above.
    let status = unsafe ck_dclip(table, threads, factor, g.count, g.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}
