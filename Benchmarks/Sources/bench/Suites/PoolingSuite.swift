import CBench
import CKernels
import KernelProperties
import Kernels

/// Max-pooling layers: NHWC (`maxpool`) and NCHW (`maxpool_nchw`).  Its operations are comparisons, one for each element
/// of each window.
struct PoolingSuite: Suite {
  let name = "pool"

  func cases(_ request: Request) throws -> [Case] {
    let layers = try readLayers("pooling.txt")
    return [true, false].flatMap { channelsLast in
      request.cases(of: layers) { makeCase($1, channelsLast, $0, $2, $3, request.peers) }
    }
  }

  private func makeCase(
    _ layer: ConvolutionLayer, _ channelsLast: Bool, _ dtype: DType, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) -> Case {
    let pixels = { (size: SIMD2<Int>) in Double(layer.batch * layer.channels * size.x * size.y) }
    let size = Double(dtype.byteCount)
    return Case(
      kernel: channelsLast ? "maxpool" : "maxpool_nchw", dtype: dtype, shape: layer.text, isa: isa, threads: threads,
      section: layer.section, flops: pixels(layer.output) * Double(layer.kernel.x * layer.kernel.y),
      bytesRead: pixels(layer.input) * size, bytesWritten: pixels(layer.output) * size, squareSize: nil,
      prepare: {
        switch dtype {
        case .f32: return try prepare(PoolingProblem<Float>(layer, channelsLast: channelsLast), isa, threads, peers)
        case .f64: return try prepare(PoolingProblem<Double>(layer, channelsLast: channelsLast), isa, threads, peers)
        }
      })
  }

  private func prepare<T: BenchmarkScalar>(
    _ problem: PoolingProblem<T>, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) throws -> PreparedCase {
    let table = try isaTable(isa)
    return PreparedCase(
      ours: Contender(name: "ours") { count in
        for _ in 0..<count { try T.pool(problem, table, threads) }
      },
      peers: peers.compactMap { $0.pooling(problem, threads: threads) },
      operands: [cb_range(start: problem.x.pointer, bytes: problem.x.byteCount)],
      spoilOutput: problem.spoilOutput, errorOverBound: problem.errorOverBound)
  }
}

/// The images before and after, which every contender shares.
final class PoolingProblem<T: BenchmarkScalar> {
  let layer: ConvolutionLayer
  let channelsLast: Bool
  let x: Buffer<T>
  let y: Buffer<T>

  init(_ layer: ConvolutionLayer, channelsLast: Bool) {
    (self.layer, self.channelsLast) = (layer, channelsLast)
    var random = SplitMix64(seed: 1)
    x = Buffer(count: layer.batch * layer.channels * layer.input.x * layer.input.y) { random.nextSigned() }
    y = Buffer(count: layer.batch * layer.channels * layer.output.x * layer.output.y) { .nan }
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

  func spoilOutput() { y.mutableElements.update(repeating: .nan) }

  /// 0 where every maximum of the first and last channel is the largest element of its window, infinity elsewhere.
  func errorOverBound() -> Double {
    let (x, y) = (imageX, imageY)
    for channel in [0, layer.channels - 1] {
      for pixel in 0..<layer.output.x * layer.output.y {
        let at = SIMD2(pixel / layer.output.y, pixel % layer.output.y)
        if y[layer.batch - 1, channel, at] != largest(x, channel, at) { return .infinity }
      }
    }
    return 0
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

extension Float {
  static func pool(_ problem: PoolingProblem<Float>, _ isa: OpaquePointer, _ threads: Int) throws {
    var shape = problem.shape
    let status = ck_spool(isa, CInt(threads), &shape, problem.x.pointer, problem.y.pointer, nil, nil)
    if status != CK_OK { throw BenchError("ck_spool returned \(status.rawValue)") }
  }
}

extension Double {
  static func pool(_ problem: PoolingProblem<Double>, _ isa: OpaquePointer, _ threads: Int) throws {
    var shape = problem.shape
    let status = ck_dpool(isa, CInt(threads), &shape, problem.x.pointer, problem.y.pointer, nil, nil)
    if status != CK_OK { throw BenchError("ck_dpool returned \(status.rawValue)") }
  }
}
