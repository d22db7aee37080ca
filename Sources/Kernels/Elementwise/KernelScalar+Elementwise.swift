internal import CKernels

extension Float {
  @unsafe public static func _elementwise(
    _ call: borrowing _ElementwiseCall<Float>, into y: UnsafeMutableBufferPointer<Float>
  ) throws(KernelError) {
    try unsafe call.checkCounts(y.count)
    let (threads, table) = (try Threads.resolve(unsafe call.threads), try unsafe call.isa.table())
    var shape = unsafe call.broadcast.shape
    var fault = unsafe ck_fault()
    // SAFETY: the buffers have the elements that the shape says; an empty one may have no address, and C reads none.
    let status = unsafe ck_selementwise(
      table, threads, call.code, &shape, call.a.baseAddress, call.b.baseAddress, call.c?.baseAddress, call.f.code,
      call.f.p, call.f.q, y.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _biasGradient(
    _ dy: UnsafeBufferPointer<Float>, _ db: UnsafeMutableBufferPointer<Float>, pixels: Int, channelsLast: Bool,
    _ isa: ISA,
    _ threads: Int?
  ) throws(KernelError) {
    let batch = try images(dy.count, channels: db.count, pixels: pixels)
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: dy has batch x channels x pixels elements, db has one for each channel.
    let status = unsafe ck_sbias_gradient(
      table, threads, batch, db.count, pixels, channelsLast ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST, dy.baseAddress,
      db.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe static func _convert(
    _ x: UnsafeBufferPointer<Double>, into y: UnsafeMutableBufferPointer<Float>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    try checkCount("y count", x.count, y.count)
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: both buffers hold y.count elements.
    let status = unsafe ck_scast(table, threads, y.count, x.baseAddress, y.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}

extension Double {
  @unsafe public static func _elementwise(
    _ call: borrowing _ElementwiseCall<Double>, into y: UnsafeMutableBufferPointer<Double>
  ) throws(KernelError) {
    try unsafe call.checkCounts(y.count)
    let (threads, table) = (try Threads.resolve(unsafe call.threads), try unsafe call.isa.table())
    var shape = unsafe call.broadcast.shape
    var fault = unsafe ck_fault()
    // SAFETY: the buffers have the elements that the shape says; an empty one may have no address, and C reads none.
    let status = unsafe ck_delementwise(
      table, threads, call.code, &shape, call.a.baseAddress, call.b.baseAddress, call.c?.baseAddress, call.f.code,
      call.f.p, call.f.q, y.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _biasGradient(
    _ dy: UnsafeBufferPointer<Double>, _ db: UnsafeMutableBufferPointer<Double>, pixels: Int, channelsLast: Bool,
    _ isa: ISA,
    _ threads: Int?
  ) throws(KernelError) {
    let batch = try images(dy.count, channels: db.count, pixels: pixels)
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: dy has batch x channels x pixels elements, db has one for each channel.
    let status = unsafe ck_dbias_gradient(
      table, threads, batch, db.count, pixels, channelsLast ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST, dy.baseAddress,
      db.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe static func _convert(
    _ x: UnsafeBufferPointer<Float>, into y: UnsafeMutableBufferPointer<Double>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    try checkCount("y count", x.count, y.count)
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: both buffers hold y.count elements.
    let status = unsafe ck_dcast(table, threads, y.count, x.baseAddress, y.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}
