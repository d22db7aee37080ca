import Kernels

/// A library to compare with.
protocol Peer {
  /// Its name and version, as the results show it.
  var name: String { get }
  /// How it runs its threads, for the header.
  var threading: String { get }
  /// Whether it may take part in a case: its column is left out where it takes part in none.
  func serves(_ item: Case) -> Bool

  // Each of these runs a problem of ours on the same buffers; nil where this library has no such function.

  /// The same product.
  func product<T: BenchmarkScalar>(_ problem: GEMMProblem<T>, threads: Int) -> Contender?
  /// The same product with B prepacked.
  func prepackedProduct<T: BenchmarkScalar>(_ problem: GEMMProblem<T>, threads: Int) -> Contender?
  /// The same function of every element.
  func function<T: BenchmarkScalar>(_ problem: FunctionProblem<T>, isa: ISA, threads: Int) -> Contender?
  /// The same derivative of every element.
  func functionBackward<T: BenchmarkScalar>(_ problem: FunctionBackwardProblem<T>, threads: Int) -> Contender?
  /// As many numbers of the same distribution.
  func random<T: BenchmarkScalar>(_ problem: RandomProblem<T>, threads: Int) -> Contender?
  /// The same convolution, bias and ReLU.
  func convolution<T: BenchmarkScalar>(_ problem: ConvolutionProblem<T>, threads: Int) -> Contender?
  /// The same way back of a convolution.
  func convolutionBackward<T: BenchmarkScalar>(_ problem: ConvolutionBackwardProblem<T>, threads: Int) -> Contender?
  /// The same softmax.
  func softmax<T: BenchmarkScalar>(_ problem: SoftmaxProblem<T>, threads: Int) -> Contender?
  /// The same pooling.
  func pooling<T: BenchmarkScalar>(_ problem: PoolingProblem<T>, threads: Int) -> Contender?
}

extension Peer {
  func product<T: BenchmarkScalar>(_ problem: GEMMProblem<T>, threads: Int) -> Contender? { nil }
  func function<T: BenchmarkScalar>(_ problem: FunctionProblem<T>, isa: ISA, threads: Int) -> Contender? { nil }
  func functionBackward<T: BenchmarkScalar>(_ problem: FunctionBackwardProblem<T>, threads: Int) -> Contender? { nil }
  func random<T: BenchmarkScalar>(_ problem: RandomProblem<T>, threads: Int) -> Contender? { nil }
  func convolution<T: BenchmarkScalar>(_ problem: ConvolutionProblem<T>, threads: Int) -> Contender? { nil }
  func convolutionBackward<T: BenchmarkScalar>(
    _ problem: ConvolutionBackwardProblem<T>, threads: Int
  ) -> Contender? { nil }
  func softmax<T: BenchmarkScalar>(_ problem: SoftmaxProblem<T>, threads: Int) -> Contender? { nil }
  func pooling<T: BenchmarkScalar>(_ problem: PoolingProblem<T>, threads: Int) -> Contender? { nil }
  func prepackedProduct<T: BenchmarkScalar>(_ problem: GEMMProblem<T>, threads: Int) -> Contender? { nil }
}

/// How a peer is asked for, loaded and installed.
struct PeerSource: Sendable {
  let key: String
  /// What installs it: a Debian package or PyPI wheels.
  let debianPackage: String?
  let wheel: String?
  let load: @Sendable () -> (any Peer)?

  /// In the order in which they are loaded.  MKL is last: it opens its own parts with global symbols, which the others
  /// must not find.
  static let all: [PeerSource] = [
    PeerSource(key: "openblas", debianPackage: "libopenblas0-pthread", wheel: nil, load: BLASPeer.openBLAS),
    PeerSource(key: "openblas-numpy", debianPackage: nil, wheel: "numpy", load: BLASPeer.openBLASOfNumPy),
    PeerSource(key: "blis", debianPackage: "libblis4-openmp", wheel: nil, load: BLASPeer.blis),
    PeerSource(key: "sleef", debianPackage: "libsleef3", wheel: nil, load: SLEEFPeer.load),
    PeerSource(key: "onednn", debianPackage: "libdnnl2", wheel: "onednn-cpu-gomp", load: { OneDNNPeer.load() }),
    PeerSource(
      key: "onednn-blocked", debianPackage: nil, wheel: "onednn-cpu-gomp", load: { OneDNNPeer.load(blocked: true) }),
    PeerSource(
      key: "ncnn", debianPackage: nil, wheel: "ncnn", load: { WheelPeer.load("ncnn", "ncnn", [.convolution]) }),
    PeerSource(
      key: "onnxruntime", debianPackage: nil, wheel: "onnx onnxruntime",
      load: { WheelPeer.load("onnxruntime", "ONNXRuntime", [.convolution, .softmax, .pooling]) }),
    PeerSource(
      key: "openvino", debianPackage: nil, wheel: "openvino",
      load: { WheelPeer.load("openvino", "OpenVINO", [.convolution, .softmax, .pooling]) }),
    PeerSource(key: "accelerate", debianPackage: nil, wheel: nil, load: BLASPeer.accelerate),
    PeerSource(key: "mkl", debianPackage: nil, wheel: "mkl", load: BLASPeer.mkl),
    PeerSource(key: "vml-ha", debianPackage: nil, wheel: "mkl", load: { VMLPeer.load(.high) }),
    PeerSource(key: "vml-la", debianPackage: nil, wheel: "mkl", load: { VMLPeer.load(.low) }),
    PeerSource(key: "vsl", debianPackage: nil, wheel: "mkl", load: VSLPeer.load),
  ]
}

/// The value of `--peers`.
enum PeerSelection {
  case all
  case these([String])

  static var keys: String { PeerSource.all.map(\.key).joined(separator: ", ") }

  init(_ text: String) throws(UsageError) {
    switch text {
    case "all": self = .all
    case "none": self = .these([])
    default:
      let keys = try parseList(text, for: "peers")
      for key in keys where !PeerSource.all.contains(where: { $0.key == key }) {
        throw UsageError(message: "The value '\(key)' is invalid for '--peers': all, none, or some of \(Self.keys)")
      }
      self = .these(keys)
    }
  }

  /// Loads those that are installed; complains about one asked for by name that is not.
  func load() -> [any Peer] {
    switch self {
    case .all: return PeerSource.all.compactMap { $0.load() }
    case .these(let keys):
      return PeerSource.all.filter { keys.contains($0.key) }.compactMap { source in
        let peer = source.load()
        if peer == nil { complain("warning: \(source.key) is not installed ('bench peers --install' installs it)") }
        return peer
      }
    }
  }
}
