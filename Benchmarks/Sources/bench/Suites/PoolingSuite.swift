import CBench
import CKernels
import KernelProperties
import Kernels

/// What is asked of a max-pooling layer: the maxima, as in inference; these and where they lie; or the way back.
enum PoolingTask: String, CaseIterable {
  case maxima = ""
  case indices = "_indices"
  case backward = "_backward"
}

/// Max-pooling layers: NHWC (`maxpool`, `maxpool_indices`, `maxpool_backward`) and NCHW (the same with `_nchw` behind).
/// Its operations are comparisons, one for each element of each window.
struct PoolingSuite: Suite {
  let name = "pool"

  func cases(_ request: Request) throws -> [Case] {
    let layers = try readLayers("pooling.txt")
    return PoolingTask.allCases.flatMap { task in
      [true, false].flatMap { channelsLast in
        request.cases(of: layers) { makeCase(task, $1, channelsLast, $0, $2, $3, request.peers) }
      }
    }
  }

  private func makeCase(
    _ task: PoolingTask, _ layer: ConvolutionLayer, _ channelsLast: Bool, _ dtype: DType, _ isa: ISA, _ threads: Int,
    _ peers: [any Peer]
  ) -> Case {
    let pixels = { (size: SIMD2<Int>) in Double(layer.batch * layer.channels * size.x * size.y) }
    let size = Double(dtype.byteCount), index = Double(MemoryLayout<Int32>.size)
    let (input, output) = (pixels(layer.input) * size, pixels(layer.output) * size)
    let indices = task == .maxima ? 0 : pixels(layer.output) * index
    return Case(
      operation: .pooling, kernel: "maxpool" + task.rawValue + (channelsLast ? "" : "_nchw"), dtype: dtype,
      shape: layer.text, isa: isa, threads: threads, section: layer.section,
      flops: pixels(layer.output) * Double(layer.kernel.x * layer.kernel.y),
      bytesRead: task == .backward ? output + indices : input,
      bytesWritten: task == .backward ? input : output + indices, squareSize: nil,
      prepare: {
        switch dtype {
        case .f32:
          return try prepare(PoolingProblem<Float>(task, layer, channelsLast: channelsLast), isa, threads, peers)
        case .f64:
          return try prepare(PoolingProblem<Double>(task, layer, channelsLast: channelsLast), isa, threads, peers)
        }
      })
  }

  private func prepare<T: BenchmarkScalar>(
    _ problem: PoolingProblem<T>, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) throws -> PreparedCase {
    let table = try isaTable(isa)
    if problem.task == .backward { try T.pool(problem, table, threads) }
    let operands = problem.task == .backward ? [problem.y.range, problem.indices.range] : [problem.x.range]
    return PreparedCase(
      ours: Contender(name: "ours") { count in
        for _ in 0..<count {
          if problem.task == .backward {
            try T.poolBackward(problem, table, threads)
          } else {
            try T.pool(problem, table, threads)
          }
        }
      },
      peers: peers.compactMap { $0.pooling(problem, threads: threads) }, operands: operands,
      spoilOutput: problem.spoilOutput, errorOverBound: problem.errorOverBound)
  }
}

extension Buffer {
  fileprivate var range: cb_range { cb_range(start: pointer, bytes: byteCount) }
}

/// The images before and after, which every contender shares.  On the way back y is its own gradient.
final class PoolingProblem<T: BenchmarkScalar> {
  let task: PoolingTask
  let layer: ConvolutionLayer
  let channelsLast: Bool
  let x: Buffer<T>
  let y: Buffer<T>
  let indices: Buffer<Int32>
  let dx: Buffer<T>

  init(_ task: PoolingTask, _ layer: ConvolutionLayer, channelsLast: Bool) {
    (self.task, self.layer, self.channelsLast) = (task, layer, channelsLast)
    var random = SplitMix64(seed: 1)
    let pixels = { (size: SIMD2<Int>) in layer.batch * layer.channels * size.x * size.y }
    x = Buffer(count: pixels(layer.input)) { random.nextSigned() }
    y = Buffer(count: pixels(layer.output)) { .nan }
    indices = Buffer(count: pixels(layer.output)) { 0 }
    dx = Buffer(count: task == .backward ? pixels(layer.input) : 0) { .nan }
  }

  var imageX: Images<T> { Images(x, layer.batch, layer.channels, layer.input, channelsLast: channelsLast) }
  var imageY: Images<T> { Images(y, layer.batch, layer.channels, layer.output, channelsLast: channelsLast) }

  var shape: ck_pool {
    var shape = ck_pool()
    (shape.kind, shape.layout, shape.batch, shape.channels) = (
      CK_POOL_MAX, channelsLast ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST, layer.batch, layer.channels
    )
    shape.input = (1, layer.input.x, layer.input.y)
    shape.kernel = (1, layer.kernel.x, layer.kernel.y)
    shape.stride = (1, layer.stride.x, layer.stride.y)
    shape.dilation = (1, layer.dilation.x, layer.dilation.y)
    shape.pad_before = (0, layer.padBefore.x, layer.padBefore.y)
    shape.pad_after = (0, max(0, layer.padAfter.x), max(0, layer.padAfter.y))
    return shape
  }

  func spoilOutput() { (task == .backward ? dx : y).mutableElements.update(repeating: .nan) }

  /// 0 where every maximum of the first and last channel of the last image is the largest element of its window, or,
  /// on the way back, every gradient has arrived where the maximum lies; infinity elsewhere.
  func errorOverBound() -> Double {
    [0, layer.channels - 1].allSatisfy(task == .backward ? gradientsArrive : maximaAreLargest) ? 0 : .infinity
  }

  /// Output pixels in order.
  private var outputs: [SIMD2<Int>] {
    (0..<layer.output.x * layer.output.y).map { SIMD2($0 / layer.output.y, $0 % layer.output.y) }
  }

  private func maximaAreLargest(_ channel: Int) -> Bool {
    let (x, y) = (imageX, imageY)
    return outputs.allSatisfy { y[layer.batch - 1, channel, $0] == largest(x, channel, $0) }
  }

  private func gradientsArrive(_ channel: Int) -> Bool {
    let image = layer.batch - 1, y = imageY
    let found = Images(indices, layer.batch, layer.channels, layer.output, channelsLast: channelsLast)
    let got = Images(dx, layer.batch, layer.channels, layer.input, channelsLast: channelsLast)
    var expected = [T](repeating: 0, count: layer.input.x * layer.input.y)
    for at in outputs { expected[Int(found[image, channel, at])] += y[image, channel, at] }
    return expected.indices.allSatisfy {
      got[image, channel, SIMD2($0 / layer.input.y, $0 % layer.input.y)] == expected[$0]
    }
  }

  private func largest(_ x: Images<T>, _ channel: Int, _ at: SIMD2<Int>) -> T {
    var value = -T.infinity
    for i in 0..<layer.kernel.x {
      for j in 0..<layer.kernel.y {
        let from = at &* layer.stride &+ SIMD2(i, j) &* layer.dilation &- layer.padBefore
        guard from.x >= 0, from.y >= 0, from.x < layer.input.x, from.y < layer.input.y else { continue }
        value = max(value, x[layer.batch - 1, channel, from])
      }
    }
    return value
  }
}

extension PoolingProblem {
  /// Where the indices go, if they are wanted.
  fileprivate var found: UnsafeMutablePointer<Int32>? { task == .maxima ? nil : indices.pointer }
}

extension Float {
  static func pool(_ problem: PoolingProblem<Float>, _ isa: OpaquePointer, _ threads: Int) throws {
    var shape = problem.shape
    let status = ck_spool(isa, CInt(threads), &shape, problem.x.pointer, problem.y.pointer, problem.found, nil)
    if status != CK_OK { throw BenchError("ck_spool returned \(status.rawValue)") }
  }

  static func poolBackward(_ problem: PoolingProblem<Float>, _ isa: OpaquePointer, _ threads: Int) throws {
    var shape = problem.shape
    let status = ck_spool_backward(
      isa, CInt(threads), &shape, nil, nil, problem.indices.pointer, problem.y.pointer, problem.dx.pointer, nil)
    if status != CK_OK { throw BenchError("ck_spool_backward returned \(status.rawValue)") }
  }
}

extension Double {
  static func pool(_ problem: PoolingProblem<Double>, _ isa: OpaquePointer, _ threads: Int) throws {
    var shape = problem.shape
    let status = ck_dpool(isa, CInt(threads), &shape, problem.x.pointer, problem.y.pointer, problem.found, nil)
    if status != CK_OK { throw BenchError("ck_dpool returned \(status.rawValue)") }
  }

  static func poolBackward(_ problem: PoolingProblem<Double>, _ isa: OpaquePointer, _ threads: Int) throws {
    var shape = problem.shape
    let status = ck_dpool_backward(
      isa, CInt(threads), &shape, nil, nil, problem.indices.pointer, problem.y.pointer, problem.dx.pointer, nil)
    if status != CK_OK { throw BenchError("ck_dpool_backward returned \(status.rawValue)") }
  }
}
