/// The element types of the kernels: `Float` and `Double`, and nothing else.
///
/// Generic calls are specialised for each, so `gemm(a, b, into: &c, …)` on floats compiles to one call of the single
/// precision kernel.  The underscored requirements are how the generic functions reach C; they are no API.
public protocol KernelScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// 64 bytes of this type, the unit in which ``Matrix`` pads and aligns its rows.
  associatedtype Vector: SIMD where Vector.Scalar == Self

  // GEMM/KernelScalar+GEMM.swift

  @unsafe static func _gemm(_ call: borrowing _GEMMCall<Self>) throws(KernelError)

  @unsafe static func _packedCount(_ side: PackedSide, rows: Int, columns: Int, isa: ISA) throws(KernelError) -> Int

  @unsafe static func _pack(
    _ side: PackedSide, _ source: UnsafeBufferPointer<Self>, _ shape: MatrixShape, isa: ISA,
    into packed: UnsafeMutableBufferPointer<Self>
  ) throws(KernelError)
}

extension Float: KernelScalar {
  public typealias Vector = SIMD16<Float>
}

extension Double: KernelScalar {
  public typealias Vector = SIMD8<Double>
}
