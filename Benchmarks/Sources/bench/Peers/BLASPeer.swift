import CBench
import Foundation

/// A library with the C interface of BLAS.
struct BLASPeer: Peer {
  let name: String
  let threading: String
  /// `cblas_sgemm` and `cblas_dgemm`, or whatever the library calls them.
  let single: UnsafeMutableRawPointer
  let double: UnsafeMutableRawPointer
  /// Whether its sizes are 64-bit.
  var ilp64 = false
  let setThreads: (Int) -> Void

  func serves(_ item: Case) -> Bool { item.operation == .product }

  func product<T: BenchmarkScalar>(_ problem: GEMMProblem<T>, threads: Int) -> Contender? {
    let function = T.dtype == .f32 ? single : double
    let product = cb_blas_product(
      function: function, ilp64: ilp64, ta: problem.layout.transposesA, tb: problem.layout.transposesB, m: problem.m,
      n: problem.n, k: problem.k)
    return Contender(name: name, setUp: { setThreads(threads) }) { count in
      T.repeatBLAS(product, count: count, problem.a.pointer, problem.b.pointer, into: problem.c.pointer)
    }
  }
}

extension BLASPeer {
  /// Debian's OpenBLAS: the threaded build itself, not the `libblas` alternative.
  static func openBLAS() -> (any Peer)? {
    guard let library = DynamicLibrary(firstOf: ["\(LibraryPlaces.debian)/openblas-pthread/libopenblas.so.0"]),
      let single = library.symbol("cblas_sgemm"), let double = library.symbol("cblas_dgemm"),
      let setThreads = library.function("openblas_set_num_threads", as: DynamicLibrary.SetCount.self)
    else { return nil }
    return BLASPeer(
      name: openBLASName(library.text("openblas_get_config")), threading: "its own pthreads", single: single,
      double: double, setThreads: { setThreads(CInt($0)) })
  }

  /// The newer OpenBLAS inside NumPy's wheel: 64-bit sizes, its own names.
  static func openBLASOfNumPy() -> (any Peer)? {
    let paths = (LibraryPlaces.python?.packages ?? []).flatMap { packages in
      let folder = "\(packages)/numpy.libs"
      return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasPrefix("libscipy_openblas64_") }
        .map { "\(folder)/\($0)" }
    }
    guard let library = DynamicLibrary(firstOf: paths), let single = library.symbol("scipy_cblas_sgemm64_"),
      let double = library.symbol("scipy_cblas_dgemm64_"),
      let setThreads = library.function("scipy_openblas_set_num_threads64_", as: DynamicLibrary.SetCount.self)
    else { return nil }
    return BLASPeer(
      name: openBLASName(library.text("scipy_openblas_get_config64_")), threading: "its own pthreads", single: single,
      double: double, ilp64: true, setThreads: { setThreads(CInt($0)) })
  }

  /// "OpenBLAS 0.3.21" from "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …".
  private static func openBLASName(_ configuration: String?) -> String {
    let words = (configuration ?? "").split(separator: " ")
    // The version has up to three parts here; a fourth is that of the wheel.
    let version = words.dropFirst().first.map { $0.split(separator: ".").prefix(3).joined(separator: ".") }
    return (["OpenBLAS"] + (version.map { [$0] } ?? [])).joined(separator: " ")
  }

  static func blis() -> (any Peer)? {
    let builds = ["openmp", "pthread"].map { "\(LibraryPlaces.debian)/blis-\($0)/libblis.so.4" }
    guard let library = DynamicLibrary(firstOf: builds), let single = library.symbol("cblas_sgemm"),
      let double = library.symbol("cblas_dgemm"),
      let setThreads = library.function("bli_thread_set_num_threads", as: (@convention(c) (Int) -> Void).self)
    else { return nil }
    let version = library.text("bli_info_get_version_str") ?? ""
    let threading = library.path == builds[0] ? "OpenMP (libgomp)" : "pthreads made for each call"
    return BLASPeer(
      name: "BLIS \(version)", threading: threading, single: single, double: double, setThreads: { setThreads($0) })
  }

  /// MKL's single dynamic library picks its parts at run time.  Its GNU layer runs on whatever OpenMP runtime the
  /// process already has, so no second copy of LLVM's runtime, which would abort, is loaded.
  static func mklLibrary() -> DynamicLibrary? {
    let paths = LibraryPlaces.pythonLibraries.flatMap { folder in
      (2...4).reversed().map { "\(folder)/libmkl_rt.so.\($0)" }
    }
    let gnuLayer: CInt = 3
    guard let library = DynamicLibrary(firstOf: paths, preferOwnSymbols: false),
      let setLayer = library.function("MKL_Set_Threading_Layer", as: (@convention(c) (CInt) -> CInt).self),
      setLayer(gnuLayer) == gnuLayer
    else { return nil }
    return library
  }

  static func mkl() -> (any Peer)? {
    guard let library = mklLibrary(),
      let setThreads = library.function("MKL_Set_Num_Threads", as: DynamicLibrary.SetCount.self),
      let single = library.symbol("cblas_sgemm"), let double = library.symbol("cblas_dgemm")
    else { return nil }
    return BLASPeer(
      name: "MKL \(mklVersion(library))", threading: "OpenMP (GNU layer, on this process's runtime)", single: single,
      double: double, setThreads: { setThreads(CInt($0)) })
  }

  /// "2026.2" from "Intel(R) oneAPI Math Kernel Library Version 2026.2-Product Build …".
  static func mklVersion(_ library: DynamicLibrary) -> String {
    typealias GetVersion = @convention(c) (UnsafeMutablePointer<CChar>, CInt) -> Void
    guard let get = library.function("MKL_Get_Version_String", as: GetVersion.self) else { return "" }
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      get(buffer.baseAddress!, CInt(buffer.count))
      return String(cString: buffer.baseAddress!)
    }
    let words = text.split(separator: " ")
    guard let index = words.firstIndex(of: "Version"), index + 1 < words.count else { return "" }
    return words[index + 1].split(separator: "-").first.map(String.init) ?? ""
  }

  /// Apple's, which chooses its threads itself.
  static func accelerate() -> (any Peer)? {
    let path = "/System/Library/Frameworks/Accelerate.framework/Accelerate"
    guard let library = DynamicLibrary(firstOf: [path]), let single = library.symbol("cblas_sgemm"),
      let double = library.symbol("cblas_dgemm")
    else { return nil }
    // BLASSetThreading(BLAS_THREADING_SINGLE_THREADED = 1 or MULTI_THREADED = 0), macOS 15 and newer.
    let setThreading = library.function("BLASSetThreading", as: (@convention(c) (CUnsignedInt) -> CInt).self)
    return BLASPeer(
      name: "Accelerate", threading: "its own; one thread or as many as it likes", single: single, double: double,
      setThreads: { _ = setThreading?($0 == 1 ? 1 : 0) })
  }
}
