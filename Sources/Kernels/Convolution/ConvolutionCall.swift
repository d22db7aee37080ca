internal import CKernels

/// A plan as C made it.  Not API: ``Convolution`` holds one.
@safe
public struct _ConvolutionPlan: @unchecked Sendable {
  // A value but for the pointer to an immutable table with static lifetime, which makes it Sendable.
  var c: ck_conv_plan

  init(_ plan: ck_conv_plan) { unsafe c = unsafe plan }

  var outputSize: SIMD3<Int> {
    let output = unsafe c.figures.output
    return SIMD3(output.0, output.1, output.2)
  }

  var counts: (x: Int, weights: Int, y: Int) { unsafe (c.figures.x_count, c.figures.w_count, c.figures.y_count) }

  var packedCount: Int { unsafe c.packed_count }

  /// What C counts of a workspace, -1 where that overflows.
  static func workspace(_ count: Int) throws(KernelError) -> Int {
    guard count >= 0 else { throw KernelError(.overflow, operand: "workspace", expected: .max / 64, got: .max) }
    return count
  }

  var algorithm: ConvolutionAlgorithm { unsafe ConvolutionAlgorithm(rawValue: c.algorithm.rawValue) ?? .direct }

  func explanation(
    rejected: [ConvolutionExplanation.Rejection], threads: Int, workspaceBytes: Int
  ) -> ConvolutionExplanation {
    let figures = unsafe c.figures
    let bytes = unsafe Int(c.element_bytes) * (figures.x_count + figures.w_count + figures.y_count)
    return unsafe ConvolutionExplanation(
      algorithm: algorithm, rejected: rejected, tile: SIMD2(c.tile.0, c.tile.1), threads: threads,
      workspaceBytes: workspaceBytes, packedBytes: packedCount * Int(c.element_bytes),
      operations: 2 * Int(figures.products), innerOperations: 2 * Int(figures.inner_products),
      arithmeticIntensity: 2 * Double(figures.products) / Double(max(bytes, 1)), errorGrowth: c.error_growth,
      isStrict: !c.transforms)
  }

  /// The plan of one type that `make` fills in.
  static func made(
    _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm, strict: Bool, _ isa: ISA,
    by make: (
      OpaquePointer?, UnsafePointer<ck_conv>?, UnsafePointer<ck_conv_options>?, UnsafeMutablePointer<ck_conv_plan>?,
      UnsafeMutablePointer<ck_fault>?
    ) -> ck_status
  ) throws(KernelError) -> _ConvolutionPlan {
    let table = try unsafe isa.table()
    var (g, options) = (ck_conv(geometry), ck_conv_options())
    options.algorithm = ck_conv_algorithm(algorithm.rawValue)
    options.strict = strict
    var (plan, fault) = unsafe (ck_conv_plan(), ck_fault())
    // SAFETY: all four are read or written during the call only.
    let status = unsafe make(table, &g, &options, &plan, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
    return unsafe _ConvolutionPlan(plan)
  }
}

/// Which pass a workspace is for.
public enum _ConvolutionPass: Sendable { case forward, backwardWeights }

/// One forward call with everything it can be asked for.  Not API.
@unsafe
public struct _ConvolutionCall<T: KernelScalar> {
  let plan: _ConvolutionPlan
  let threads: Int?
  let x: UnsafeBufferPointer<T>
  let packed: UnsafeBufferPointer<T>
  let y: UnsafeMutableBufferPointer<T>
  let bias: UnsafeBufferPointer<T>?
  let residual: UnsafeBufferPointer<T>?
  let slopes: UnsafeBufferPointer<T>?
  let activation: Activation<T>
  let workspace: UnsafeMutableBufferPointer<T>?

  /// An address for an operand that is there; to C, NULL means none, so an empty one needs another: its count of 0 is
  /// what the call then objects to.
  static func address(_ buffer: UnsafeBufferPointer<T>?) -> UnsafePointer<T>? {
    guard let buffer = unsafe buffer else { return nil }
    return unsafe buffer.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<T>.alignment)
  }

  /// The same for one that is written.
  static func address(_ buffer: UnsafeMutableBufferPointer<T>?) -> UnsafeMutablePointer<T>? {
    guard let buffer = unsafe buffer else { return nil }
    return unsafe buffer.baseAddress ?? UnsafeMutablePointer(bitPattern: MemoryLayout<T>.alignment)
  }
}
