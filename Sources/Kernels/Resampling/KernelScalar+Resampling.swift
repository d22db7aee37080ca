internal import CKernels

extension Float {
  @unsafe public static func _resample(
    _ resampling: Resampling, backward: Bool, _ from: UnsafeBufferPointer<Float>,
    _ to: UnsafeMutableBufferPointer<Float>,
    _ threads: Int?
  ) throws(KernelError) {
    var shape =
      backward
      ? try resampling.checked(x: nil, y: nil, dy: from.count, dx: to.count)
      : try resampling.checked(x: from.count, y: to.count, dy: nil, dx: nil)
    let (run, threads) = try unsafe (backward ? ck_sresample_backward : ck_sresample, Threads.resolve(threads))
    var fault = unsafe ck_fault()
    // SAFETY: the buffers hold what the shape says, as `checked` has found, or C refuses the shape.
    let status = unsafe run(threads, &shape, from.baseAddress, to.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}

extension Double {
  @unsafe public static func _resample(
    _ resampling: Resampling, backward: Bool, _ from: UnsafeBufferPointer<Double>,
    _ to: UnsafeMutableBufferPointer<Double>,
    _ threads: Int?
  ) throws(KernelError) {
    var shape =
      backward
      ? try resampling.checked(x: nil, y: nil, dy: from.count, dx: to.count)
      : try resampling.checked(x: from.count, y: to.count, dy: nil, dx: nil)
    let (run, threads) = try unsafe (backward ? ck_dresample_backward : ck_dresample, Threads.resolve(threads))
    var fault = unsafe ck_fault()
    // SAFETY: the buffers hold what the shape says, as `checked` has found, or C refuses the shape.
    let status = unsafe run(threads, &shape, from.baseAddress, to.baseAddress, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}
