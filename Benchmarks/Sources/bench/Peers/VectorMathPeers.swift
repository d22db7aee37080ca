import CBench
import Foundation
import Kernels

/// SLEEF: vector functions of 1 ULP (1.5 for erfc), on the caller's thread alone.
struct SLEEFPeer: Peer {
  let name: String
  let threading = "none"
  private let library: DynamicLibrary

  static func load() -> (any Peer)? {
    guard let library = DynamicLibrary(firstOf: ["\(LibraryPlaces.debian)/libsleef.so.3", "libsleef.so.3"]) else {
      return nil
    }
    return SLEEFPeer(name: "SLEEF \(version(of: library))", library: library)
  }

  /// "3.5.1" from `libsleef.so.3.5.1`: no function tells it.
  private static func version(of library: DynamicLibrary) -> String {
    let parts = String(cString: cb_library_of(library.symbol("Sleef_exp_u10"))).components(separatedBy: ".so.")
    return parts.count == 2 ? parts[1] : "3"
  }

  func serves(_ item: Case) -> Bool { item.operation == .function && item.threads == 1 }

  func function<T: BenchmarkScalar>(_ problem: FunctionProblem<T>, isa: ISA, threads: Int) -> Contender? {
    guard threads == 1, let (stem, accuracy) = problem.function.sleef, let lanes = Self.lanes[isa.name] else {
      return nil
    }
    let isFloat = T.dtype == .f32
    let symbol =
      "Sleef_\(stem)\(isFloat ? "f" : "d")\(isFloat ? lanes.f32 : lanes.f32 / 2)_\(accuracy)\(lanes.suffix)"
    guard let function = library.symbol(symbol) else { return nil }
    return Contender(name: name) { count in
      T.repeatSLEEF(function, wide: isa.name == "avx512", count: count, problem)
    }
  }

  private static let lanes: [String: (f32: Int, suffix: String)] = [
    "avx2": (8, "avx2"), "avx512": (16, "avx512f"), "neon": (4, "advsimd"),
  ]
}

/// MKL's vector mathematics in one of its accuracies.
struct VMLPeer: Peer {
  enum Accuracy: Int64 {
    /// HA, below 1 ULP.
    case high = 2
    /// LA, below 4 ULP.
    case low = 1
  }

  let name: String
  let threading = "OpenMP (GNU layer, on this process's runtime)"
  let accuracy: Accuracy
  private let library: DynamicLibrary
  private let setThreads: DynamicLibrary.SetCount

  static func load(_ accuracy: Accuracy) -> (any Peer)? {
    guard let library = BLASPeer.mklLibrary(),
      let setThreads = library.function("MKL_Set_Num_Threads", as: DynamicLibrary.SetCount.self)
    else { return nil }
    let name = "VML \(BLASPeer.mklVersion(library)) \(accuracy == .high ? "HA" : "LA")"
    return VMLPeer(name: name, accuracy: accuracy, library: library, setThreads: setThreads)
  }

  func serves(_ item: Case) -> Bool { item.operation == .function }

  func function<T: BenchmarkScalar>(_ problem: FunctionProblem<T>, isa: ISA, threads: Int) -> Contender? {
    guard let stem = problem.function.vml,
      let function = library.symbol("vm\(T.dtype == .f32 ? "s" : "d")\(stem)")
    else { return nil }
    return Contender(name: name, setUp: { setThreads(CInt(threads)) }) { count in
      cb_vml_repeat(function, accuracy.rawValue, count, problem.count, problem.x.pointer, problem.y.pointer)
    }
  }
}

/// MKL's random numbers, from the same generator, on the caller's thread alone.
struct VSLPeer: Peer {
  let name: String
  let threading = "none"
  private let library: DynamicLibrary
  private let stream: UnsafeMutableRawPointer

  static func load() -> (any Peer)? {
    typealias NewStream = @convention(c) (UnsafeMutablePointer<UnsafeMutableRawPointer?>, CInt, CUnsignedInt) -> CInt
    let philox4x32x10: CInt = 16 << 20
    var stream: UnsafeMutableRawPointer?
    guard let library = BLASPeer.mklLibrary(), let newStream = library.function("vslNewStream", as: NewStream.self),
      newStream(&stream, philox4x32x10, 1) == 0, let stream
    else { return nil }
    return VSLPeer(name: "VSL \(BLASPeer.mklVersion(library)) Philox", library: library, stream: stream)
  }

  func serves(_ item: Case) -> Bool { item.operation == .random && item.threads == 1 }

  func random<T: BenchmarkScalar>(_ problem: RandomProblem<T>, threads: Int) -> Contender? {
    let stem: String
    switch problem.distribution {
    case .uniform: stem = "Uniform"
    case .normal: stem = "Gaussian"
    case .bernoulli: return nil  // it makes integers
    }
    guard threads == 1, let function = library.symbol("v\(T.dtype == .f32 ? "s" : "d")Rng\(stem)") else { return nil }
    return Contender(name: name) { count in
      cb_vsl_repeat(function, T.dtype == .f64, stream, count, problem.y.count, 0, 1, problem.y.pointer)
    }
  }
}
