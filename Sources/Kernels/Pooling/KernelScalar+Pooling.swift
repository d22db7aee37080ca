internal import CKernels

extension Float {
  @unsafe public static func _pool(_ call: borrowing _PoolCall<Float>) throws(KernelError) {
    try unsafe call.check()
    var (pool, fault) = unsafe (ck_pool(call.pooling), ck_fault())
    let (table, threads) = try unsafe (call.isa.table(), Threads.resolve(call.threads))
    // SAFETY: the buffers hold what the shape says, as `check` has found.
    let status = unsafe ck_spool(
      table, threads, &pool, call.x?.baseAddress, call.y?.baseAddress, call.foundAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _poolBackward(_ call: borrowing _PoolCall<Float>) throws(KernelError) {
    try unsafe call.check()
    var (pool, fault) = unsafe (ck_pool(call.pooling), ck_fault())
    let (table, threads) = try unsafe (call.isa.table(), Threads.resolve(call.threads))
    // SAFETY: as above.
    let status = unsafe ck_spool_backward(
      table, threads, &pool, call.x?.baseAddress, call.output?.baseAddress, call.indices?.baseAddress,
      call.dy?.baseAddress, call.dx?.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _unpool(
    _ shape: Unpooling, backward: Bool, _ from: UnsafeBufferPointer<Float>, _ indices: UnsafeBufferPointer<Int32>,
    _ to: UnsafeMutableBufferPointer<Float>, _ threads: Int?
  ) throws(KernelError) {
    var unpool =
      backward
      ? try shape.checked(small: ("dx", to.count), large: ("dy", from.count), indices: indices.count)
      : try shape.checked(small: ("x", from.count), large: ("y", to.count), indices: indices.count)
    let (run, threads) = try unsafe (backward ? ck_sunpool_backward : ck_sunpool, Threads.resolve(threads))
    var fault = unsafe ck_fault()
    // SAFETY: the buffers hold what the shape says, as `checked` has found.
    let status = unsafe run(threads, &unpool, from.baseAddress, indices.baseAddress, to.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}

extension Double {
  @unsafe public static func _pool(_ call: borrowing _PoolCall<Double>) throws(KernelError) {
    try unsafe call.check()
    var (pool, fault) = unsafe (ck_pool(call.pooling), ck_fault())
    let (table, threads) = try unsafe (call.isa.table(), Threads.resolve(call.threads))
    // SAFETY: the buffers hold what the shape says, as `check` has found.
    let status = unsafe ck_dpool(
      table, threads, &pool, call.x?.baseAddress, call.y?.baseAddress, call.foundAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _poolBackward(_ call: borrowing _PoolCall<Double>) throws(KernelError) {
    try unsafe call.check()
    var (pool, fault) = unsafe (ck_pool(call.pooling), ck_fault())
    let (table, threads) = try unsafe (call.isa.table(), Threads.resolve(call.threads))
    // SAFETY: as above.
    let status = unsafe ck_dpool_backward(
      table, threads, &pool, call.x?.baseAddress, call.output?.baseAddress, call.indices?.baseAddress,
      call.dy?.baseAddress, call.dx?.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _unpool(
    _ shape: Unpooling, backward: Bool, _ from: UnsafeBufferPointer<Double>, _ indices: UnsafeBufferPointer<Int32>,
    _ to: UnsafeMutableBufferPointer<Double>, _ threads: Int?
  ) throws(KernelError) {
    var unpool =
      backward
      ? try shape.checked(small: ("dx", to.count), large: ("dy", from.count), indices: indices.count)
      : try shape.checked(small: ("x", from.count), large: ("y", to.count), indices: indices.count)
    let (run, threads) = try unsafe (backward ? ck_dunpool_backward : ck_dunpool, Threads.resolve(threads))
    var fault = unsafe ck_fault()
    // SAFETY: the buffers hold what the shape says, as `checked` has found.
    let status = unsafe run(threads, &unpool, from.baseAddress, indices.baseAddress, to.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}
