internal import CKernels

extension Float {
  @unsafe public static func _gemm(_ call: borrowing _GEMMCall<Float>) throws(KernelError) {
    var product = try unsafe call.product()
    let threads = try Threads.resolve(unsafe call.threads)
    let table = try unsafe call.isa.table()
    var fault = unsafe ck_fault()
    let status: ck_status
    // SAFETY: the pointers come with the counts of their buffers, which C checks against the shapes before it reads.
    if unsafe call.hasEpilogue {
      let (activation, p, q) = unsafe call.activation.parameters
      let layout = try unsafe call.residualLayout()  // checks the offset that the address needs
      var epilogue = unsafe ck_sepilogue(
        bias_kind: call.biasKind, bias: call.bias?.baseAddress, bias_count: call.bias?.count ?? 0,
        slopes_kind: call.slopesKind, slopes: call.slopes?.baseAddress, slopes_count: call.slopes?.count ?? 0,
        residual: call.residualAddress, residual_layout: layout, activation: activation, p: p, q: q)
      status = unsafe ck_sgemm(
        table, threads, &product, call.alpha, call.aAddress, call.bAddress, call.beta, call.cAddress, &epilogue, &fault)
    } else {
      status = unsafe ck_sgemm(
        table, threads, &product, call.alpha, call.aAddress, call.bAddress, call.beta, call.cAddress, nil, &fault)
    }
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _packedCount(
    _ side: PackedSide, rows: Int, columns: Int, isa: ISA
  ) throws(KernelError) -> Int {
    let table = try unsafe isa.table()
    // SAFETY: `table` is one of the library's own.
    return switch side {
    case .a: unsafe ck_sgemm_packed_a_count(table, rows, columns)
    case .b: unsafe ck_sgemm_packed_b_count(table, rows, columns)
    }
  }

  @unsafe public static func _pack(
    _ side: PackedSide, _ source: UnsafeBufferPointer<Float>, _ shape: MatrixShape, isa: ISA,
    into packed: UnsafeMutableBufferPointer<Float>
  ) throws(KernelError) {
    let table = try unsafe isa.table()
    let pack = unsafe side == .a ? ck_sgemm_pack_a : ck_sgemm_pack_b
    var layout = try ck_layout(shape, count: source.count, operand: side.operand)
    var fault = unsafe ck_fault()
    // SAFETY: both pointers come with the counts of their buffers, which C checks against the shape.
    let status = unsafe pack(
      table, shape.rows, shape.columns, source.address(shape.offset), &layout, packed.baseAddress, packed.count, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}

extension Double {
  @unsafe public static func _gemm(_ call: borrowing _GEMMCall<Double>) throws(KernelError) {
    var product = try unsafe call.product()
    let threads = try Threads.resolve(unsafe call.threads)
    let table = try unsafe call.isa.table()
    var fault = unsafe ck_fault()
    let status: ck_status
    // SAFETY: the pointers come with the counts of their buffers, which C checks against the shapes before it reads.
    if unsafe call.hasEpilogue {
      let (activation, p, q) = unsafe call.activation.parameters
      let layout = try unsafe call.residualLayout()  // checks the offset that the address needs
      var epilogue = unsafe ck_depilogue(
        bias_kind: call.biasKind, bias: call.bias?.baseAddress, bias_count: call.bias?.count ?? 0,
        slopes_kind: call.slopesKind, slopes: call.slopes?.baseAddress, slopes_count: call.slopes?.count ?? 0,
        residual: call.residualAddress, residual_layout: layout, activation: activation, p: p, q: q)
      status = unsafe ck_dgemm(
        table, threads, &product, call.alpha, call.aAddress, call.bAddress, call.beta, call.cAddress, &epilogue, &fault)
    } else {
      status = unsafe ck_dgemm(
        table, threads, &product, call.alpha, call.aAddress, call.bAddress, call.beta, call.cAddress, nil, &fault)
    }
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }

  @unsafe public static func _packedCount(
    _ side: PackedSide, rows: Int, columns: Int, isa: ISA
  ) throws(KernelError) -> Int {
    let table = try unsafe isa.table()
    // SAFETY: `table` is one of the library's own.
    return switch side {
    case .a: unsafe ck_dgemm_packed_a_count(table, rows, columns)
    case .b: unsafe ck_dgemm_packed_b_count(table, rows, columns)
    }
  }

  @unsafe public static func _pack(
    _ side: PackedSide, _ source: UnsafeBufferPointer<Double>, _ shape: MatrixShape, isa: ISA,
    into packed: UnsafeMutableBufferPointer<Double>
  ) throws(KernelError) {
    let table = try unsafe isa.table()
    let pack = unsafe side == .a ? ck_dgemm_pack_a : ck_dgemm_pack_b
    var layout = try ck_layout(shape, count: source.count, operand: side.operand)
    var fault = unsafe ck_fault()
    // SAFETY: both pointers come with the counts of their buffers, which C checks against the shape.
    let status = unsafe pack(
      table, shape.rows, shape.columns, source.address(shape.offset), &layout, packed.baseAddress, packed.count, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
  }
}
