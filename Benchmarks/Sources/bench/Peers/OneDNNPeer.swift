import CBench
import Foundation
import Kernels

/// oneDNN's `matmul`, `eltwise`, `softmax`, `convolution` and `pooling`, single precision only.
struct OneDNNPeer: Peer {
  let name: String
  let threading = "OpenMP (libgomp)"
  private let library: OpaquePointer
  private let setThreads: (Int) -> Void
  /// Convolutions alone, on images in whatever layout oneDNN likes best.
  private let blocked: Bool

  /// The wheel, which is newer, before Debian's.
  static func load(blocked: Bool = false) -> (any Peer)? {
    let paths =
      LibraryPlaces.pythonLibraries.map { "\($0)/libdnnl.so.3" }
      + [3, 2].map { "\(LibraryPlaces.debian)/libdnnl.so.\($0)" }
    guard let shared = DynamicLibrary(firstOf: paths), let library = cb_dnnl_open(shared.handle),
      let runtime = DynamicLibrary(firstOf: ["libgomp.so.1"]),
      let setThreads = runtime.function("omp_set_num_threads", as: DynamicLibrary.SetCount.self)
    else { return nil }
    var (major, minor, patch): (CInt, CInt, CInt) = (0, 0, 0)
    cb_dnnl_version(library, &major, &minor, &patch)
    let name = "oneDNN \(major).\(minor).\(patch)" + (blocked ? " blocked" : "")
    return OneDNNPeer(name: name, library: library, blocked: blocked) { setThreads(CInt($0)) }
  }

  private init(name: String, library: OpaquePointer, blocked: Bool, setThreads: @escaping (Int) -> Void) {
    (self.name, self.library, self.blocked, self.setThreads) = (name, library, blocked, setThreads)
  }

  func serves(_ item: Case) -> Bool {
    switch item.operation {
    case .convolution: item.dtype == .f32 && !(blocked && item.kernel == "conv_nchw")
    case .convolutionBackward: item.dtype == .f32
    case .product, .prepackedProduct, .function, .functionBackward, .softmax, .pooling: item.dtype == .f32 && !blocked
    case .random: false
    }
  }

  func product<T: BenchmarkScalar>(_ problem: GEMMProblem<T>, threads: Int) -> Contender? {
    contender(problem, threads: threads, prepacked: false)
  }

  func prepackedProduct<T: BenchmarkScalar>(_ problem: GEMMProblem<T>, threads: Int) -> Contender? {
    contender(problem, threads: threads, prepacked: true)
  }

  private func contender<T: BenchmarkScalar>(
    _ problem: GEMMProblem<T>, threads: Int, prepacked: Bool
  ) -> Contender? {
    guard !blocked, let problem = problem as? GEMMProblem<Float> else { return nil }
    // A plan may depend on the thread count, so it is made under the one it will run with.
    setThreads(threads)
    guard let product = OneDNNProduct(library, problem, prepacked: prepacked) else { return nil }
    return Contender(name: name, setUp: { setThreads(threads) }) { count in try product.run(count) }
  }
}

extension OneDNNPeer {
  func function<T: BenchmarkScalar>(_ problem: FunctionProblem<T>, isa: ISA, threads: Int) -> Contender? {
    guard !blocked, let problem = problem as? FunctionProblem<Float> else { return nil }
    let function = problem.function
    return unary(
      function.name, alpha: function.alpha, beta: function.beta, rows: 1, columns: problem.count, problem.x.pointer,
      problem.y.pointer, threads: threads)
  }

  func functionBackward<T: BenchmarkScalar>(_ problem: FunctionBackwardProblem<T>, threads: Int) -> Contender? {
    guard !blocked, let problem = problem as? FunctionBackwardProblem<Float> else { return nil }
    let function = problem.function
    return unary(
      function.name, alpha: function.alpha, beta: function.beta, rows: 1, columns: problem.dx.count,
      problem.operand.pointer, dy: problem.dy.pointer, problem.dx.pointer, threads: threads)
  }

  func softmax<T: BenchmarkScalar>(_ problem: SoftmaxProblem<T>, threads: Int) -> Contender? {
    guard !blocked, let problem = problem as? SoftmaxProblem<Float> else { return nil }
    return unary(
      problem.log ? "log_softmax" : "softmax", rows: problem.rows, columns: problem.columns, problem.x.pointer,
      problem.y.pointer, threads: threads)
  }

  func convolution<T: BenchmarkScalar>(_ problem: ConvolutionProblem<T>, threads: Int) -> Contender? {
    guard let problem = problem as? ConvolutionProblem<Float>, !blocked || problem.channelsLast else { return nil }
    return convolution(problem, CB_FORWARD, threads: threads)
  }

  func convolutionBackward<T: BenchmarkScalar>(
    _ problem: ConvolutionBackwardProblem<T>, threads: Int
  ) -> Contender? {
    guard let problem = problem as? ConvolutionBackwardProblem<Float> else { return nil }
    let pass = problem.target == .data ? CB_BACKWARD_DATA : CB_BACKWARD_WEIGHTS
    return convolution(problem.operands, pass, threads: threads)
  }

  private func convolution(
    _ problem: ConvolutionProblem<Float>, _ pass: cb_conv_pass, threads: Int
  ) -> Contender? {
    setThreads(threads)
    guard let convolution = OneDNNConvolution(library, problem, pass, blocked: blocked) else { return nil }
    return Contender(name: name, setUp: { setThreads(threads) }, deliver: convolution.fetch, run: convolution.run)
  }

  func pooling<T: BenchmarkScalar>(_ problem: PoolingProblem<T>, threads: Int) -> Contender? {
    guard !blocked, let problem = problem as? PoolingProblem<Float> else { return nil }
    setThreads(threads)
    guard let pooling = OneDNNPooling(library, problem) else { return nil }
    return Contender(name: name, setUp: { setThreads(threads) }, run: pooling.run)
  }

  /// A function of one tensor, by the name that cbench.h gives it, or its derivative times `dy`.
  private func unary(
    _ function: String, alpha: Double = 0, beta: Double = 0, rows: Int, columns: Int, _ x: UnsafePointer<Float>,
    dy: UnsafePointer<Float>? = nil, _ y: UnsafeMutablePointer<Float>, threads: Int
  ) -> Contender? {
    setThreads(threads)
    guard let unary = OneDNNUnary(library, function, alpha, beta, rows, columns, x, dy, y) else { return nil }
    return Contender(name: name, setUp: { setThreads(threads) }) { count in try unary.run(count) }
  }
}

/// Owns a primitive of one tensor.
private final class OneDNNUnary {
  private let unary: OpaquePointer

  init?(
    _ library: OpaquePointer, _ function: String, _ alpha: Double, _ beta: Double, _ rows: Int, _ columns: Int,
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>
  ) {
    guard let unary = cb_dnnl_unary_make(library, function, Float(alpha), Float(beta), rows, columns, x, dy, y)
    else { return nil }
    self.unary = unary
  }

  deinit { cb_dnnl_unary_free(unary) }

  func run(_ count: Int) throws {
    guard cb_dnnl_unary_run(unary, count) else { throw BenchError("oneDNN refused to run a function") }
  }
}

/// Owns one of oneDNN's primitives and its operands' descriptions.
private final class OneDNNProduct {
  private let product: OpaquePointer

  init?(_ library: OpaquePointer, _ problem: GEMMProblem<Float>, prepacked: Bool) {
    guard
      let product = cb_dnnl_product_make(
        library, problem.m, problem.n, problem.k, problem.layout.transposesA, problem.layout.transposesB, prepacked,
        problem.a.pointer, problem.b.pointer, problem.c.pointer)
    else { return nil }
    self.product = product
  }

  deinit { cb_dnnl_product_free(product) }

  func run(_ count: Int) throws {
    guard cb_dnnl_product_run(product, count) else { throw BenchError("oneDNN refused to run a product") }
  }
}

/// Owns a convolution primitive.
private final class OneDNNConvolution {
  private let convolution: OpaquePointer

  init?(_ library: OpaquePointer, _ problem: ConvolutionProblem<Float>, _ pass: cb_conv_pass, blocked: Bool) {
    var layer = problem.layer.peerLayer(channelsLast: problem.channelsLast)
    guard
      let convolution = cb_dnnl_convolution_make(
        library, &layer, pass, blocked, problem.x.pointer, problem.w.pointer, problem.bias.pointer,
        problem.y.pointer)
    else { return nil }
    self.convolution = convolution
  }

  deinit { cb_dnnl_convolution_free(convolution) }

  func run(_ count: Int) throws {
    guard cb_dnnl_convolution_run(convolution, count) else { throw BenchError("oneDNN refused to run a convolution") }
  }

  func fetch() throws {
    guard cb_dnnl_convolution_fetch(convolution) else { throw BenchError("oneDNN refused to reorder its result") }
  }
}

/// Owns pooling primitives.
private final class OneDNNPooling {
  private let pooling: OpaquePointer

  init?(_ library: OpaquePointer, _ problem: PoolingProblem<Float>) {
    var layer = problem.layer.peerLayer(channelsLast: problem.channelsLast)
    let pass =
      switch problem.task {
      case .maxima: CB_POOL_MAXIMA
      case .indices: CB_POOL_INDICES
      case .backward: CB_POOL_BACKWARD
      }
    guard
      let pooling = cb_dnnl_pooling_make(
        library, &layer, pass, problem.x.pointer, problem.y.pointer, problem.dx.pointer)
    else { return nil }
    self.pooling = pooling
  }

  deinit { cb_dnnl_pooling_free(pooling) }

  func run(_ count: Int) throws {
    guard cb_dnnl_pooling_run(pooling, count) else { throw BenchError("oneDNN refused to run a pooling") }
  }
}
