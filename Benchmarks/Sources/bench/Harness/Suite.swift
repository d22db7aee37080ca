import CBench
import Kernels

/// A kernel's benchmarks.  A new kernel adds a file with one of these, and its line in `suites`.
protocol Suite: Sendable {
  /// A filter of this name runs the whole suite.
  var name: String { get }
  /// Every case of the suite that the request allows, in the order of the table.
  func cases(_ request: Request) throws -> [Case]
}

/// The suites, in the order of the table.
let suites: [any Suite] = [
  GEMMSuite(), FunctionSuite(), FunctionBackwardSuite(), SoftmaxSuite(), RandomSuite(), ConvolutionSuite(),
  ConvolutionBackwardSuite(), PoolingSuite(),
]

/// What a suite is asked for.
struct Request {
  let dtypes: [DType]
  let isas: [ISA]
  let threads: [Int]
  let peers: [any Peer]

  /// A case of every size, for each element type asked for, on each instruction set and number of threads.
  func cases<Size>(of sizes: [Size], _ make: (DType, Size, ISA, Int) throws -> Case) rethrows -> [Case] {
    try dtypes.flatMap { dtype in
      try sizes.flatMap { size in
        try isas.flatMap { isa in try threads.map { count in try make(dtype, size, isa, count) } }
      }
    }
  }
}

/// The lengths of buffers that kernels of single elements are timed on.
enum BufferLength {
  /// In L1, in L2 or L3, and in memory.
  static let all = [1 << 12, 1 << 16, 1 << 24]

  static func section(_ length: Int) -> String { length <= 1 << 16 ? "in cache" : "in memory" }
}

/// What a case asks of a peer, by the functions of `Peer`.
enum Operation {
  case product, prepackedProduct, function, functionBackward, random, softmax, convolution, convolutionBackward, pooling
}

/// One line of the table, not yet set up.
struct Case {
  let operation: Operation
  let kernel: String
  let dtype: DType
  let shape: String
  let isa: ISA
  let threads: Int
  /// What the summary groups by: the section of the shape file.
  let section: String
  /// Arithmetic operations of one call.
  let flops: Double
  /// Bytes that one call must read and write at least.
  let bytesRead: Double
  let bytesWritten: Double
  /// The side length, where the shape is a cube or a square.
  let squareSize: Int?
  /// How many elements there are, where these are the operations.
  var elements: Int?
  /// Allocates and fills the operands.
  let prepare: () throws -> PreparedCase

  var id: String { "\(kernel)/\(dtype.rawValue)/\(shape)/\(isa.name)/t\(threads)" }

  /// A kernel of single elements over buffers of `count`, `reads` of them read and one written; its operations are its
  /// elements.
  static func overBuffers(
    _ operation: Operation, _ kernel: String, _ dtype: DType, _ count: Int, _ isa: ISA, _ threads: Int, reads: Int,
    prepare: @escaping () throws -> PreparedCase
  ) -> Case {
    let bytes = Double(count * dtype.byteCount)
    return Case(
      operation: operation, kernel: kernel, dtype: dtype, shape: "\(count)", isa: isa, threads: threads,
      section: BufferLength.section(count), flops: Double(count), bytesRead: Double(reads) * bytes,
      bytesWritten: bytes, squareSize: nil, elements: count, prepare: prepare)
  }

  /// Whether reading the operands, not arithmetic, sets the pace: less than one operation a byte, and mostly reads.
  var isReadBound: Bool { flops < bytesRead + bytesWritten && bytesWritten < bytesRead / 2 }
}

/// A case ready to run.
struct PreparedCase {
  let ours: Contender
  let peers: [Contender]
  /// The operands that every call must read, for the case's own read limit.
  let operands: [cb_range]
  /// Overwrites the output, so that no contender passes the check on another's result.
  let spoilOutput: () -> Void
  /// The worst error over its bound, of what stands in the output now.
  let errorOverBound: () -> Double
  /// How it is computed, where there is a choice.
  var algorithm: String?
}

/// Something that is timed: ours, a peer's, or the machine's.
struct Contender {
  let name: String
  /// Makes the peer use the case's thread count.
  let setUp: () -> Void
  /// Runs `count` times; returns what that took.
  let time: (_ count: Int) throws -> Sample
  /// Puts the result where it can be checked, if it is not there already.
  let deliver: () throws -> Void

  init(
    name: String, setUp: @escaping () -> Void = {}, deliver: @escaping () throws -> Void = {},
    run: @escaping (_ count: Int) throws -> Void
  ) {
    let timing = { (count: Int) in
      let start = cb_now()
      try run(count)
      return Sample(seconds: cb_now() - start)
    }
    self.init(name: name, setUp: setUp, timing: timing, deliver: deliver)
  }

  /// What takes its own time.
  init(
    name: String, setUp: @escaping () -> Void = {}, timing: @escaping (_ count: Int) throws -> Sample,
    deliver: @escaping () throws -> Void
  ) {
    (self.name, self.setUp, time, self.deliver) = (name, setUp, timing, deliver)
  }

  /// The time that `threads` take to read the operands: what times itself.
  init(reading operands: [cb_range], cpus: [CInt]) {
    let timing = { (count: Int) in
      Sample(seconds: Double(count) * cb_read_once(cpus, CInt(cpus.count), operands, operands.count))
    }
    self.init(name: "read", timing: timing, deliver: {})
  }

  /// The same; what it throws says whose it is.
  var asPeer: Contender {
    Contender(
      name: name, setUp: setUp, timing: { count in try named(time(count)) }, deliver: { try named(deliver()) })
  }

  private func named<R>(_ result: @autoclosure () throws -> R) throws(PeerFailure) -> R {
    do { return try result() } catch { throw PeerFailure(peer: name, cause: error) }
  }
}

/// A peer could not do what it was asked for.
struct PeerFailure: Error {
  let peer: String
  let cause: any Error
}

/// Those of a run so far.
final class PeerFailures {
  private var seen: Set<String> = []

  /// Whether this peer has not failed for this reason before.
  func isNew(_ failure: PeerFailure) -> Bool { seen.insert("\(failure.peer): \(failure.cause)").inserted }
}
