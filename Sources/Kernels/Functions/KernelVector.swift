/// The vector types of the functions: `SIMD2` … `SIMD64` of `Float` and of `Double`, and nothing else.
///
/// What these have and other conformances of `SIMD` need not: their lanes lie in memory side by side.
public protocol KernelVector: SIMD where Scalar: KernelScalar {}

extension SIMD2: KernelVector where Scalar: KernelScalar {}
extension SIMD3: KernelVector where Scalar: KernelScalar {}
extension SIMD4: KernelVector where Scalar: KernelScalar {}
extension SIMD8: KernelVector where Scalar: KernelScalar {}
extension SIMD16: KernelVector where Scalar: KernelScalar {}
extension SIMD32: KernelVector where Scalar: KernelScalar {}
extension SIMD64: KernelVector where Scalar: KernelScalar {}
