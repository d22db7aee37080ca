import CBench
import KernelProperties
import Kernels

/// The operands of one layer's way back, NHWC, which every contender shares: from dy that of x, or those of weights and
/// bias.
final class ConvolutionBackwardProblem<T: BenchmarkScalar> {
  /// What is differentiated with respect to.
  enum Target: String, CaseIterable, Sendable {
    case data = "conv_backward_data"
    case weights = "conv_backward_weights"
  }

  let target: Target
  /// x, weights and bias, or their gradients; y is the gradient of the output.
  let operands: ConvolutionProblem<T>

  init(_ layer: ConvolutionLayer, _ target: Target) {
    self.target = target
    operands = ConvolutionProblem(layer, channelsLast: true)
    var random = SplitMix64(seed: 3)
    for index in 0..<operands.y.count { operands.y.pointer[index] = random.nextSigned() }
  }

  var layer: ConvolutionLayer { operands.layer }
  var result: Buffer<T> { target == .data ? operands.x : operands.w }

  func spoilOutput() {
    result.mutableElements.update(repeating: .nan)
    if target == .weights { operands.bias.mutableElements.update(repeating: .nan) }
  }

  /// The worst error over the bound that the plan publishes, among the corners and a sample of the results.
  ///
  /// - Parameter growth: E where the error is E u |a| |b|; nil where it is (n + 2) u Σ|a||b| for n products.
  func errorOverBound(growth: Double?) -> Double {
    var random = SplitMix64(seed: 2)
    let samples = min(result.count, 64)
    return (0..<samples).reduce(0) { worst, sample in
      let any = Int.random(in: 0..<result.count, using: &random)
      return max(worst, errorOverBound(at: sample == 0 ? 0 : sample == 1 ? result.count - 1 : any, growth: growth))
    }
  }

  private func errorOverBound(at place: Int, growth: Double?) -> Double {
    let (a, b) = target == .data ? termsOfData(place) : termsOfWeights(place)
    let exact = a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        a.isEmpty ? nil : T.accurateDot(a.baseAddress!, 1, b.baseAddress!, 1, count: a.count)
      }
    }
    let (value, magnitude) = exact.map { ($0.high + $0.low, $0.magnitude) } ?? (0, 0)
    let error = abs(Double(result.pointer[place]) - value)
    let norms = target == .data ? norm(a) * norm(b) : normsOfWeights(place)
    let bound = growth.map { $0 * norms } ?? Double(a.count + 2) * magnitude
    return error.isNaN ? .infinity : error == 0 ? 0 : error / (bound * T.dtype.unitRoundoff)
  }

  private func norm(_ values: [T]) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  /// |dy| |x| of all outputs of a weight's filter and of all of its channel.
  private func normsOfWeights(_ place: Int) -> Double {
    let (filter, inner) = (place / (layer.kernel.x * layer.kernel.y)).quotientAndRemainder(
      dividingBy: perGroup.channels)
    let channel = filter / perGroup.filters * perGroup.channels + inner
    let all = { (values: Buffer<T>, channels: Int, channel: Int) in
      self.norm(stride(from: channel, to: values.count, by: channels).map { values.pointer[$0] })
    }
    return all(operands.y, layer.filters, filter) * all(operands.x, layer.channels, channel)
  }

  private var perGroup: (channels: Int, filters: Int) { (layer.channels / layer.groups, layer.filters / layer.groups) }

  private func weight(_ filter: Int, _ channel: Int, _ tap: SIMD2<Int>) -> Int {
    ((filter * perGroup.channels + channel) * layer.kernel.x + tap.x) * layer.kernel.y + tap.y
  }

  /// dy and weights of the outputs that an element of x is under.
  private func termsOfData(_ place: Int) -> (a: [T], b: [T]) {
    let (pixel, channel) = place.quotientAndRemainder(dividingBy: layer.channels)
    let (image, at) = pixel.quotientAndRemainder(dividingBy: layer.input.x * layer.input.y)
    let group = channel / perGroup.channels
    let gradients = operands.imageY
    var (a, b): ([T], [T]) = ([], [])
    for i in 0..<layer.kernel.x {
      for j in 0..<layer.kernel.y {
        let tap = SIMD2(i, j)
        let from = SIMD2(at / layer.input.y, at % layer.input.y) &+ layer.padBefore &- tap &* layer.dilation
        let output = from / layer.stride
        guard from.x >= 0, from.y >= 0, output &* layer.stride == from, output.x < layer.output.x,
          output.y < layer.output.y
        else { continue }
        for f in group * perGroup.filters..<(group + 1) * perGroup.filters {
          a.append(gradients[image, f, output])
          b.append(operands.w.pointer[weight(f, channel % perGroup.channels, tap)])
        }
      }
    }
    return (a, b)
  }

  /// dy and x of every output of a filter that finds a tap within x.
  private func termsOfWeights(_ place: Int) -> (a: [T], b: [T]) {
    let taps = layer.kernel.x * layer.kernel.y
    let (row, flat) = place.quotientAndRemainder(dividingBy: taps)
    let (filter, channel) = row.quotientAndRemainder(dividingBy: perGroup.channels)
    let tap = SIMD2(flat / layer.kernel.y, flat % layer.kernel.y)
    let (images, gradients) = (operands.imageX, operands.imageY)
    var (a, b): ([T], [T]) = ([], [])
    for image in 0..<layer.batch {
      for i in 0..<layer.output.x {
        for j in 0..<layer.output.y {
          let from = SIMD2(i, j) &* layer.stride &+ tap &* layer.dilation &- layer.padBefore
          guard from.x >= 0, from.y >= 0, from.x < layer.input.x, from.y < layer.input.y else { continue }
          a.append(gradients[image, filter, SIMD2(i, j)])
          b.append(images[image, filter / perGroup.filters * perGroup.channels + channel, from])
        }
      }
    }
    return (a, b)
  }
}
