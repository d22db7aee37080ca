internal import CKernels

extension Float {
  @unsafe public static func _reduce(
    _ x: UnsafeBufferPointer<Float>, _ shape: AxisShape, _ reduction: Reduction,
    _ y: UnsafeMutableBufferPointer<Float>, isa: ISA, threads: Int?
  ) throws(KernelError) {
    var rows = ck_rows(shape)
    var axis = try ck_axis(shape, count: x.count, operand: "x")
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: the pointers come with the counts of their buffers, which C checks against the shapes before it reads.
    let status = unsafe ck_sreduce(
      table, threads, reduction.kind, &rows, x.address(shape.offset), &axis, y.baseAddress, y.count, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _arg(
    least: Bool, _ x: UnsafeBufferPointer<Float>, _ shape: AxisShape, _ index: UnsafeMutableBufferPointer<Int>,
    isa: ISA, threads: Int?
  ) throws(KernelError) {
    var rows = ck_rows(shape)
    var axis = try ck_axis(shape, count: x.count, operand: "x")
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: as in _reduce.
    let status = unsafe ck_sarg(
      table, threads, least, &rows, x.address(shape.offset), &axis, index.baseAddress, index.count, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _dot(
    _ x: UnsafeBufferPointer<Float>, _ xShape: AxisShape, _ y: UnsafeBufferPointer<Float>, _ yShape: AxisShape,
    _ z: UnsafeMutableBufferPointer<Float>, isa: ISA, threads: Int?
  ) throws(KernelError) {
    try xShape.agree("y", yShape)
    var rows = ck_rows(xShape)
    var xAxis = try ck_axis(xShape, count: x.count, operand: "x")
    var yAxis = try ck_axis(yShape, count: y.count, operand: "y")
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: as in _reduce.
    let status = unsafe ck_sdot(
      table, threads, &rows, x.address(xShape.offset), &xAxis, y.address(yShape.offset), &yAxis, z.baseAddress, z.count,
      &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _maxBackward(
    _ x: UnsafeBufferPointer<Float>, _ dy: UnsafeBufferPointer<Float>, _ dx: UnsafeMutableBufferPointer<Float>,
    _ shape: AxisShape, isa: ISA, threads: Int?
  ) throws(KernelError) {
    var rows = ck_rows(shape)
    var xAxis = try ck_axis(shape, count: x.count, operand: "x")
    var dxAxis = try ck_axis(shape, count: dx.count, operand: "dx")
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: as in _reduce.
    let status = unsafe ck_smax_backward(
      table, threads, &rows, x.address(shape.offset), &xAxis, dy.baseAddress, dy.count, dx.address(shape.offset),
      &dxAxis, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}

extension Double {
  @unsafe public static func _reduce(
    _ x: UnsafeBufferPointer<Double>, _ shape: AxisShape, _ reduction: Reduction,
    _ y: UnsafeMutableBufferPointer<Double>, isa: ISA, threads: Int?
  ) throws(KernelError) {
    var rows = ck_rows(shape)
    var axis = try ck_axis(shape, count: x.count, operand: "x")
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: the pointers come with the counts of their buffers, which C checks against the shapes before it reads.
    let status = unsafe ck_dreduce(
      table, threads, reduction.kind, &rows, x.address(shape.offset), &axis, y.baseAddress, y.count, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _arg(
    least: Bool, _ x: UnsafeBufferPointer<Double>, _ shape: AxisShape, _ index: UnsafeMutableBufferPointer<Int>,
    isa: ISA, threads: Int?
  ) throws(KernelError) {
    var rows = ck_rows(shape)
    var axis = try ck_axis(shape, count: x.count, operand: "x")
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: as in _reduce.
    let status = unsafe ck_darg(
      table, threads, least, &rows, x.address(shape.offset), &axis, index.baseAddress, index.count, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _dot(
    _ x: UnsafeBufferPointer<Double>, _ xShape: AxisShape, _ y: UnsafeBufferPointer<Double>, _ yShape: AxisShape,
    _ z: UnsafeMutableBufferPointer<Double>, isa: ISA, threads: Int?
  ) throws(KernelError) {
    try xShape.agree("y", yShape)
    var rows = ck_rows(xShape)
    var xAxis = try ck_axis(xShape, count: x.count, operand: "x")
    var yAxis = try ck_axis(yShape, count: y.count, operand: "y")
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: as in _reduce.
    let status = unsafe ck_ddot(
      table, threads, &rows, x.address(xShape.offset), &xAxis, y.address(yShape.offset), &yAxis, z.baseAddress, z.count,
      &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _maxBackward(
    _ x: UnsafeBufferPointer<Double>, _ dy: UnsafeBufferPointer<Double>, _ dx: UnsafeMutableBufferPointer<Double>,
    _ shape: AxisShape, isa: ISA, threads: Int?
  ) throws(KernelError) {
    var rows = ck_rows(shape)
    var xAxis = try ck_axis(shape, count: x.count, operand: "x")
    var dxAxis = try ck_axis(shape, count: dx.count, operand: "dx")
    let (threads, table) = (try Threads.resolve(threads), try unsafe isa.table())
    var fault = unsafe ck_fault()
    // SAFETY: as in _reduce.
    let status = unsafe ck_dmax_backward(
      table, threads, &rows, x.address(shape.offset), &xAxis, dy.baseAddress, dy.count, dx.address(shape.offset),
      &dxAxis, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}

extension Reduction {
  var kind: ck_reduction {
    switch self {
    case .sum: CK_SUM
    case .mean: CK_MEAN
    case .max: CK_MAX
    case .min: CK_MIN
    case .l1Norm: CK_L1_NORM
    case .l2Norm: CK_L2_NORM
    case .logSumExp: CK_LOG_SUM_EXP
    }
  }
}
