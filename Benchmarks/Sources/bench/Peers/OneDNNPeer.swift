import CBench
import Foundation

/// oneDNN's `matmul`, single precision only.
struct OneDNNPeer: Peer {
  let name: String
  let threading = "OpenMP (libgomp)"
  private let library: OpaquePointer
  private let setThreads: (Int) -> Void

  /// The wheel, which is newer, before Debian's.
  static func load() -> (any Peer)? {
    let paths =
      LibraryPlaces.pythonLibraries.map { "\($0)/libdnnl.so.3" }
      + [3, 2].map { "\(LibraryPlaces.debian)/libdnnl.so.\($0)" }
    guard let shared = DynamicLibrary(firstOf: paths), let library = cb_dnnl_open(shared.handle),
      let runtime = DynamicLibrary(firstOf: ["libgomp.so.1"]),
      let setThreads = runtime.function("omp_set_num_threads", as: DynamicLibrary.SetCount.self)
    else { return nil }
    var (major, minor, patch): (CInt, CInt, CInt) = (0, 0, 0)
    cb_dnnl_version(library, &major, &minor, &patch)
    return OneDNNPeer(name: "oneDNN \(major).\(minor).\(patch)", library: library) { setThreads(CInt($0)) }
  }

  private init(name: String, library: OpaquePointer, setThreads: @escaping (Int) -> Void) {
    self.name = name
    self.library = library
    self.setThreads = setThreads
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
    guard let problem = problem as? GEMMProblem<Float> else { return nil }
    // A plan may depend on the thread count, so it is made under the one it will run with.
    setThreads(threads)
    guard let product = OneDNNProduct(library, problem, prepacked: prepacked) else { return nil }
    return Contender(name: name, setUp: { setThreads(threads) }) { count in try product.run(count) }
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
