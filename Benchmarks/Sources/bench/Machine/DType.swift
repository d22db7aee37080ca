import CBench
import CKernels
import Kernels

/// An element type, by the name it has in ids.
enum DType: String, CaseIterable, Codable {
  case f32, f64

  var byteCount: Int { self == .f32 ? 4 : 8 }

  /// Half an ulp of 1.
  var unitRoundoff: Double { self == .f32 ? 0x1p-24 : 0x1p-53 }
}

/// What the benchmark needs of an element type beyond what the kernels need.
protocol BenchmarkScalar: KernelScalar {
  static var dtype: DType { get }

  /// Calls a CBLAS product `count` times.
  static func repeatBLAS(
    _ product: cb_blas_product, count: Int, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>,
    into c: UnsafeMutablePointer<Self>)

  /// Calls one of SLEEF's functions on a whole problem `count` times.
  static func repeatSLEEF(
    _ function: UnsafeMutableRawPointer, wide: Bool, count: Int, _ problem: FunctionProblem<Self>)

  /// Our function, through the C API.
  static func map(_ problem: FunctionProblem<Self>, _ isa: OpaquePointer, _ threads: Int) throws

  /// Our derivative, through the C API.
  static func mapBackward(_ problem: FunctionBackwardProblem<Self>, _ isa: OpaquePointer, _ threads: Int) throws

  /// Our pooling, through the C API.
  static func pool(_ problem: PoolingProblem<Self>, _ isa: OpaquePointer, _ threads: Int) throws

  /// The way back from its indices.
  static func poolBackward(_ problem: PoolingProblem<Self>, _ isa: OpaquePointer, _ threads: Int) throws

  // Our convolution, through the C API.
  static func plan(_ geometry: ck_conv, _ isa: OpaquePointer, strict: Bool) throws -> ck_conv_plan
  static func workspaceCount(_ plan: inout ck_conv_plan, _ threads: Int) -> Int
  static func pack(_ plan: inout ck_conv_plan, _ problem: ConvolutionProblem<Self>, into packed: Buffer<Self>) throws
  static func convolve(
    _ plan: inout ck_conv_plan, _ problem: ConvolutionProblem<Self>, _ packed: Buffer<Self>,
    _ workspace: Buffer<Self>, _ threads: Int) throws

  /// x · y of `count` elements with the given strides, more accurate by far than arithmetic in `Self`, and |x| · |y|.
  static func accurateDot(
    _ x: UnsafePointer<Self>, _ xStride: Int, _ y: UnsafePointer<Self>, _ yStride: Int, count: Int
  ) -> AccurateSum
}

/// An unevaluated sum of two numbers, and the sum of its terms' magnitudes.
struct AccurateSum {
  var high = 0.0
  var low = 0.0
  var magnitude = 0.0
}

extension Float: BenchmarkScalar {
  static var dtype: DType { .f32 }

  static func repeatBLAS(
    _ product: cb_blas_product, count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    into c: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: product) { cb_sgemm_repeat($0, count, a, b, c) }
  }

  static func repeatSLEEF(
    _ function: UnsafeMutableRawPointer, wide: Bool, count: Int, _ problem: FunctionProblem<Float>
  ) {
    cb_sleef_repeat_f32(function, wide, count, problem.count, problem.x.pointer, problem.y.pointer)
  }

  /// The products are exact in double precision, and its sums 2²⁹ times finer than single precision's.
  static func accurateDot(
    _ x: UnsafePointer<Float>, _ xStride: Int, _ y: UnsafePointer<Float>, _ yStride: Int, count: Int
  ) -> AccurateSum {
    var sum = AccurateSum()
    for p in 0..<count {
      let product = Double(x[p * xStride]) * Double(y[p * yStride])
      sum.high += product
      sum.magnitude += abs(product)
    }
    return sum
  }
}

extension Double: BenchmarkScalar {
  static var dtype: DType { .f64 }

  static func repeatBLAS(
    _ product: cb_blas_product, count: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    into c: UnsafeMutablePointer<Double>
  ) {
    withUnsafePointer(to: product) { cb_dgemm_repeat($0, count, a, b, c) }
  }

  static func repeatSLEEF(
    _ function: UnsafeMutableRawPointer, wide: Bool, count: Int, _ problem: FunctionProblem<Double>
  ) {
    cb_sleef_repeat_f64(function, wide, count, problem.count, problem.x.pointer, problem.y.pointer)
  }

  /// Compensated: as accurate as if computed in twice the precision [Ogita, Rump & Oishi 2005, Dot2].
  static func accurateDot(
    _ x: UnsafePointer<Double>, _ xStride: Int, _ y: UnsafePointer<Double>, _ yStride: Int, count: Int
  ) -> AccurateSum {
    var sum = AccurateSum()
    for p in 0..<count {
      let (xp, yp) = (x[p * xStride], y[p * yStride])
      let product = xp * yp
      let productError = (-product).addingProduct(xp, yp)
      let total = sum.high + product
      let addend = total - sum.high
      sum.low += (sum.high - (total - addend)) + (product - addend) + productError
      sum.high = total
      sum.magnitude += abs(product)
    }
    return sum
  }
}
