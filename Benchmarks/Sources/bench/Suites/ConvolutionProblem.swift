import CKernels
import KernelProperties

/// The operands of one layer, which every contender shares: y = relu(x * w + bias).
final class ConvolutionProblem<T: BenchmarkScalar> {
  let layer: ConvolutionLayer
  let channelsLast: Bool
  let x: Buffer<T>
  /// Filters × channels of a group × height × width.
  let w: Buffer<T>
  let bias: Buffer<T>
  let y: Buffer<T>

  init(_ layer: ConvolutionLayer, channelsLast: Bool) {
    (self.layer, self.channelsLast) = (layer, channelsLast)
    var random = SplitMix64(seed: 1)
    let (input, output, kernel) = (layer.input, layer.output, layer.kernel)
    x = Buffer(count: layer.batch * layer.channels * input.x * input.y) { random.nextSigned() }
    w = Buffer(count: layer.filters * layer.channels / layer.groups * kernel.x * kernel.y) { random.nextSigned() }
    bias = Buffer(count: layer.filters) { random.nextSigned() }
    y = Buffer(count: layer.batch * layer.filters * output.x * output.y) { .nan }
  }

  func spoilOutput() { y.mutableElements.update(repeating: .nan) }

  var imageX: Images<T> { Images(x, layer.batch, layer.channels, layer.input, channelsLast: channelsLast) }
  var imageY: Images<T> { Images(y, layer.batch, layer.filters, layer.output, channelsLast: channelsLast) }

  /// The worst error over the bound that the plan publishes, among the corners and a sample of the outputs.
  ///
  /// - Parameter growth: E where the error is E u |x| |w|; nil where it is (K + 3) u (Σ|w||x| + |bias|).
  func errorOverBound(growth: Double?) -> Double {
    var random = SplitMix64(seed: 2)
    let sums = layer.channels / layer.groups * layer.kernel.x * layer.kernel.y
    let samples = min(y.count, max(256, (1 << 22) / sums))
    var worst = 0.0
    for sample in 0..<samples {
      let random = Int.random(in: 0..<y.count, using: &random)
      let place = samples == y.count ? sample : sample == 0 ? 0 : sample == 1 ? y.count - 1 : random
      worst = max(worst, errorOverBound(at: place, growth: growth))
    }
    return worst
  }

  private func errorOverBound(at place: Int, growth: Double?) -> Double {
    let (size, filters) = (layer.output, layer.filters)
    let pixels = size.x * size.y
    let (image, rest) = place.quotientAndRemainder(dividingBy: filters * pixels)
    let (filter, pixel) = channelsLast ? (rest % filters, rest / filters) : (rest / pixels, rest % pixels)
    let window = window(image, filter, SIMD2(pixel / size.y, pixel % size.y))
    let exact = window.x.withUnsafeBufferPointer { x in
      window.w.withUnsafeBufferPointer { w in
        T.accurateDot(x.baseAddress!, 1, w.baseAddress!, 1, count: x.count)
      }
    }
    let value = max(exact.high + exact.low, 0)
    let error = abs(Double(y.pointer[place]) - value)
    let norm = { (values: [T]) in values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }
    let bound =
      growth.map { $0 * norm(window.x) * norm(window.w) + 2 * exact.magnitude }
      ?? Double(window.x.count + 2) * exact.magnitude
    // NaN, which an element never written would be, must not pass.
    return error.isNaN ? .infinity : error == 0 ? 0 : error / (bound * T.dtype.unitRoundoff)
  }

  /// What meets under an output, the bias as one product more.
  private func window(_ image: Int, _ filter: Int, _ at: SIMD2<Int>) -> (x: [T], w: [T]) {
    let inGroup = layer.channels / layer.groups
    let first = filter / (layer.filters / layer.groups) * inGroup
    let images = imageX
    var (xs, ws) = ([T(1)], [bias.pointer[filter]])
    for i in 0..<layer.kernel.x {
      for j in 0..<layer.kernel.y {
        let from = at &* layer.stride &+ SIMD2(i, j) &* layer.dilation &- layer.padBefore
        guard from.x >= 0, from.y >= 0, from.x < layer.input.x, from.y < layer.input.y else { continue }
        for c in 0..<inGroup {
          xs.append(images[image, first + c, from])
          ws.append(w.pointer[((filter * inGroup + c) * layer.kernel.x + i) * layer.kernel.y + j])
        }
      }
    }
    return (xs, ws)
  }
}
