internal import CKernels

extension Float {
  @unsafe public static func _preluGradient(
    _ x: UnsafeBufferPointer<Float>, _ dy: UnsafeBufferPointer<Float>, _ da: UnsafeMutableBufferPointer<Float>,
    pixels: Int,
    channelsLast: Bool, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    try checkCount("dy count", x.count, dy.count)
    let batch = try images(x.count, channels: da.count, pixels: pixels)
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: x and dy have batch x channels x pixels elements each, da has one for each channel.
    let status = unsafe ck_sprelu_gradient(
      table, threads, batch, da.count, pixels, channelsLast ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST, x.baseAddress,
      dy.baseAddress, da.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _swishGradient(
    _ beta: Float, _ x: UnsafeBufferPointer<Float>, _ dy: UnsafeBufferPointer<Float>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) -> Float {
    try checkCount("dy count", x.count, dy.count)
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    var sum: Float = 0
    // SAFETY: both buffers hold x.count elements, and the sum is one.
    let status = unsafe ck_sswish_gradient(
      table, threads, x.count, beta, x.baseAddress, dy.baseAddress, &sum, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
    return sum
  }
}

extension Double {
  @unsafe public static func _preluGradient(
    _ x: UnsafeBufferPointer<Double>, _ dy: UnsafeBufferPointer<Double>, _ da: UnsafeMutableBufferPointer<Double>,
    pixels: Int,
    channelsLast: Bool, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    try checkCount("dy count", x.count, dy.count)
    let batch = try images(x.count, channels: da.count, pixels: pixels)
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: x and dy have batch x channels x pixels elements each, da has one for each channel.
    let status = unsafe ck_dprelu_gradient(
      table, threads, batch, da.count, pixels, channelsLast ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST, x.baseAddress,
      dy.baseAddress, da.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _swishGradient(
    _ beta: Double, _ x: UnsafeBufferPointer<Double>, _ dy: UnsafeBufferPointer<Double>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) -> Double {
    try checkCount("dy count", x.count, dy.count)
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    var sum: Double = 0
    // SAFETY: both buffers hold x.count elements, and the sum is one.
    let status = unsafe ck_dswish_gradient(
      table, threads, x.count, beta, x.baseAddress, dy.baseAddress, &sum, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
    return sum
  }
}
