internal import CKernels

extension Float {
  @unsafe public static func _map(
    _ f: _MapFunction<Float>, _ x: UnsafeBufferPointer<Float>, _ y: UnsafeMutableBufferPointer<Float>, _ isa: ISA,
    _ threads: Int?
  ) throws(KernelError) {
    try checkCount("y count", x.count, y.count)
    let table = try unsafe isa.table()
    let threads = try Threads.resolve(threads)
    var fault = unsafe ck_fault()
    // SAFETY: both buffers hold y.count elements; an empty one may have no address, and C reads none.
    let status = unsafe ck_smap(table, threads, f.code, f.p, f.q, y.count, x.baseAddress, y.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _mapBackward(
    _ f: _MapFunction<Float>, _ operand: UnsafeBufferPointer<Float>, _ dy: UnsafeBufferPointer<Float>,
    _ dx: UnsafeMutableBufferPointer<Float>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    try checkCount("dy count", operand.count, dy.count)
    try checkCount("dx count", operand.count, dx.count)
    let table = try unsafe isa.table()
    let threads = try Threads.resolve(threads)
    var fault = unsafe ck_fault()
    // SAFETY: as in `_map`.
    let status = unsafe ck_smap_backward(
      table, threads, f.code, f.p, f.q, dx.count, operand.baseAddress, dy.baseAddress, dx.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _mapLanes(_ f: ElementaryFunction, _ count: Int, _ y: UnsafeMutablePointer<Float>) {
    // SAFETY: the caller's vector has `count` lanes at y.
    unsafe ck_smap_lanes(ISA.currentTable, f.code, 1, 0, count, y, y)
  }

  @unsafe public static func _mapLanes(_ f: _MapFunction<Float>, _ count: Int, _ y: UnsafeMutablePointer<Float>) {
    // SAFETY: as above.
    unsafe ck_smap_lanes(ISA.currentTable, f.code, f.p, f.q, count, y, y)
  }
}

extension Double {
  @unsafe public static func _map(
    _ f: _MapFunction<Double>, _ x: UnsafeBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>, _ isa: ISA,
    _ threads: Int?
  ) throws(KernelError) {
    try checkCount("y count", x.count, y.count)
    let table = try unsafe isa.table()
    let threads = try Threads.resolve(threads)
    var fault = unsafe ck_fault()
    // SAFETY: both buffers hold y.count elements; an empty one may have no address, and C reads none.
    let status = unsafe ck_dmap(table, threads, f.code, f.p, f.q, y.count, x.baseAddress, y.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _mapBackward(
    _ f: _MapFunction<Double>, _ operand: UnsafeBufferPointer<Double>, _ dy: UnsafeBufferPointer<Double>,
    _ dx: UnsafeMutableBufferPointer<Double>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) {
    try checkCount("dy count", operand.count, dy.count)
    try checkCount("dx count", operand.count, dx.count)
    let table = try unsafe isa.table()
    let threads = try Threads.resolve(threads)
    var fault = unsafe ck_fault()
    // SAFETY: as in `_map`.
    let status = unsafe ck_dmap_backward(
      table, threads, f.code, f.p, f.q, dx.count, operand.baseAddress, dy.baseAddress, dx.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _mapLanes(_ f: ElementaryFunction, _ count: Int, _ y: UnsafeMutablePointer<Double>) {
    // SAFETY: the caller's vector has `count` lanes at y.
    unsafe ck_dmap_lanes(ISA.currentTable, f.code, 1, 0, count, y, y)
  }

  @unsafe public static func _mapLanes(_ f: _MapFunction<Double>, _ count: Int, _ y: UnsafeMutablePointer<Double>) {
    // SAFETY: as above.
    unsafe ck_dmap_lanes(ISA.currentTable, f.code, f.p, f.q, count, y, y)
  }
}
