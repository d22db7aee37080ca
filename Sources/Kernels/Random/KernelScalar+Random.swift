internal import CKernels

extension Float {
  @unsafe public static func _random(
    _ distribution: _Distribution<Float>, _ source: RandomSource, _ x: UnsafeBufferPointer<Float>,
    _ y: UnsafeMutableBufferPointer<Float>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    try checkCount("y count", x.count, y.count)
    let table = try unsafe isa.table()
    let threads = try Threads.resolve(threads)
    let n = y.count
    var place = ck_random(source)
    var fault = unsafe ck_fault()
    // SAFETY: both buffers hold n elements; an empty one may have no address, and C touches none.
    let status =
      switch distribution {
      case .uniform(let low, let high):
        unsafe ck_suniform(table, threads, &place, low, high, n, y.baseAddress, &fault)
      case .normal(let mean, let deviation):
        unsafe ck_snormal(table, threads, &place, mean, deviation, n, y.baseAddress, &fault)
      case .bernoulli(let probability):
        unsafe ck_sbernoulli(table, threads, &place, probability, n, y.baseAddress, &fault)
      case .dropout(let p):
        unsafe ck_sdropout(table, threads, &place, p, n, x.baseAddress, y.baseAddress, &fault)
      }
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}

extension Double {
  @unsafe public static func _random(
    _ distribution: _Distribution<Double>, _ source: RandomSource, _ x: UnsafeBufferPointer<Double>,
    _ y: UnsafeMutableBufferPointer<Double>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    try checkCount("y count", x.count, y.count)
    let table = try unsafe isa.table()
    let threads = try Threads.resolve(threads)
    let n = y.count
    var place = ck_random(source)
    var fault = unsafe ck_fault()
    // SAFETY: both buffers hold n elements; an empty one may have no address, and C touches none.
    let status =
      switch distribution {
      case .uniform(let low, let high):
        unsafe ck_duniform(table, threads, &place, low, high, n, y.baseAddress, &fault)
      case .normal(let mean, let deviation):
        unsafe ck_dnormal(table, threads, &place, mean, deviation, n, y.baseAddress, &fault)
      case .bernoulli(let probability):
        unsafe ck_dbernoulli(table, threads, &place, probability, n, y.baseAddress, &fault)
      case .dropout(let p):
        unsafe ck_ddropout(table, threads, &place, p, n, x.baseAddress, y.baseAddress, &fault)
      }
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}
