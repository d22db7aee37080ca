import CKernels
import KernelProperties

/// A function of one element, with what a benchmark has to know about it.
struct BenchmarkedFunction: Sendable {
  /// `ck_function_name`.
  let name: String
  let function: ck_function
  /// Its parameters, as ck_vector.h orders them, and oneDNN's alpha and beta.
  var p = 0.0
  var q = 0.0
  var alpha = 0.0
  var beta = 0.0
  /// Where arguments are drawn from: where it is neither constant nor overflows.
  let domain: ClosedRange<Double>
  /// What ck_vector.h promises of `Float` and `Double`, in ULP.
  let bounds: (f32: Double, f64: Double)
  /// Its value, less than one ULP of `Double` off.
  let exact: @Sendable (Double) -> Double
  /// The stem of SLEEF's name ("exp": `Sleef_expf8_u10avx2`) and the accuracy in it, and that of MKL's ("Exp": `vmsExp`).
  var sleef: (stem: String, accuracy: String)?
  var vml: String?
}

/// The arguments and results of one function, which every contender shares.
final class FunctionProblem<T: BenchmarkScalar> {
  let function: BenchmarkedFunction
  let x: Buffer<T>
  let y: Buffer<T>

  var count: Int { x.count }

  init(_ function: BenchmarkedFunction, count: Int) {
    self.function = function
    var random = SplitMix64(seed: 1)
    x = Buffer(count: count) { random.next(in: function.domain) }
    y = Buffer(count: count) { .nan }
  }

  func spoilOutput() { y.mutableElements.update(repeating: .nan) }

  /// The worst error over the bound among 65,536 elements.
  func errorOverBound() -> Double {
    let bound = T.dtype == .f32 ? function.bounds.f32 : function.bounds.f64 + 1
    let step = max(1, count / 65536)
    var worst = 0.0
    for i in stride(from: 0, to: count, by: step) {
      let exact = function.exact(Double(x.pointer[i]))
      let error = abs(Double(y.pointer[i]) - exact) / Double(max(T(exact).ulp, .leastNonzeroMagnitude))
      worst = max(worst, error.isNaN ? .infinity : error / bound)
    }
    return worst
  }
}
