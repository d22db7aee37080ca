internal import CKernels

extension Float {
  @unsafe public static func _pad(
    _ from: UnsafeBufferPointer<Float>, _ to: UnsafeMutableBufferPointer<Float>, _ geometry: PadGeometry,
    _ value: Float,
    backward: Bool, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    try checkCount(backward ? "dx count" : "x count", geometry.inputCount, backward ? to.count : from.count)
    try checkCount(backward ? "dy count" : "y count", geometry.outputCount, backward ? from.count : to.count)
    var (shape, fault) = unsafe (geometry.shape, ck_fault())
    // SAFETY: the buffers have the elements that the shape says; an empty one may have no address, and C reads none.
    let status =
      unsafe backward
      ? ck_spad_backward(table, threads, &shape, from.baseAddress, to.baseAddress, &fault)
      : ck_spad(table, threads, &shape, value, from.baseAddress, to.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _columns(
    _ kind: _ColumnsKind, _ from: UnsafeBufferPointer<Float>, _ to: UnsafeMutableBufferPointer<Float>,
    _ geometry: ConvolutionGeometry, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    try geometry.checkCounts(kind, from.count, to.count)
    let call =
      switch kind {
      case .fromImage: unsafe ck_sim2col
      case .toImage: unsafe ck_scol2im
      case .toeplitz: unsafe ck_stoeplitz
      }
    var (g, fault) = unsafe (ck_conv(geometry), ck_fault())
    // SAFETY: as in _pad.
    let status = unsafe call(table, threads, &g, from.baseAddress, to.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}

extension Double {
  @unsafe public static func _pad(
    _ from: UnsafeBufferPointer<Double>, _ to: UnsafeMutableBufferPointer<Double>, _ geometry: PadGeometry,
    _ value: Double,
    backward: Bool, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    try checkCount(backward ? "dx count" : "x count", geometry.inputCount, backward ? to.count : from.count)
    try checkCount(backward ? "dy count" : "y count", geometry.outputCount, backward ? from.count : to.count)
    var (shape, fault) = unsafe (geometry.shape, ck_fault())
    // SAFETY: the buffers have the elements that the shape says; an empty one may have no address, and C reads none.
    let status =
      unsafe backward
      ? ck_dpad_backward(table, threads, &shape, from.baseAddress, to.baseAddress, &fault)
      : ck_dpad(table, threads, &shape, value, from.baseAddress, to.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _columns(
    _ kind: _ColumnsKind, _ from: UnsafeBufferPointer<Double>, _ to: UnsafeMutableBufferPointer<Double>,
    _ geometry: ConvolutionGeometry, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    try geometry.checkCounts(kind, from.count, to.count)
    let call =
      switch kind {
      case .fromImage: unsafe ck_dim2col
      case .toImage: unsafe ck_dcol2im
      case .toeplitz: unsafe ck_dtoeplitz
      }
    var (g, fault) = unsafe (ck_conv(geometry), ck_fault())
    // SAFETY: as in _pad.
    let status = unsafe call(table, threads, &g, from.baseAddress, to.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}
