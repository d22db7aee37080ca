/// Windows over one channel of an image, written out: which elements each output sees.
public struct ReferenceWindows: Sendable {
  /// One output's elements, by their flat indices in ascending order, and what divides their sum in a mean.
  public struct Window: Sendable {
    public let taps: [Int]
    public let divisor: Int
  }

  /// The extents of the output: depth, height, width.
  public let output: [Int]

  /// One window for each output, in row-major order.
  public let windows: [Window]

  /// The elements of a channel of the input.
  public let inputCount: Int

  /// One axis: the taps of each output inside the input, and how many count.
  private typealias Axis = [(taps: [Int], counted: Int)]

  /// Windows of a fixed size.
  ///
  /// Output o of an axis sees o·stride − before + t·dilation; there are ⌊(input + before + after − dilation·(kernel − 1) −
  /// 1) / stride⌋ + 1 of them, or with `roundsUp` ⌈…⌉, without a last one that starts beyond input + before.
  public init(
    input: [Int], kernel: [Int], stride: [Int], dilation: [Int], before: [Int], after: [Int], roundsUp: Bool,
    countsPadding: Bool, divisor: Int?
  ) {
    let axes: [Axis] = input.indices.map { i in
      let room = input[i] + before[i] + after[i] - dilation[i] * (kernel[i] - 1) - 1 + (roundsUp ? stride[i] - 1 : 0)
      var outputs = room < 0 ? 0 : room / stride[i] + 1
      if roundsUp, (outputs - 1) * stride[i] >= input[i] + before[i] { outputs -= 1 }
      return (0..<outputs).map { o in
        let taps = (0..<kernel[i]).map { o * stride[i] - before[i] + $0 * dilation[i] }
        let inside = taps.filter { (0..<input[i]).contains($0) }
        return (inside, countsPadding ? taps.filter { $0 < input[i] + after[i] }.count : inside.count)
      }
    }
    self.init(input, axes, divisor)
  }

  /// Windows that follow from the extents of input and output: ⌊o·n/m⌋ ..< ⌈(o + 1)·n/m⌉.
  public init(adaptive input: [Int], output: [Int], divisor: Int?) {
    let axes: [Axis] = input.indices.map { i in
      (0..<output[i]).map { o in
        let taps = Array(o * input[i] / output[i]..<((o + 1) * input[i] + output[i] - 1) / output[i])
        return (taps, taps.count)
      }
    }
    self.init(input, axes, divisor)
  }

  private init(_ input: [Int], _ axes: [Axis], _ divisor: Int?) {
    output = axes.map(\.count)
    inputCount = input.reduce(1, *)
    var windows: [Window] = []
    for d in axes[0] {
      for h in axes[1] {
        for w in axes[2] {
          let taps = d.taps.flatMap { d in h.taps.flatMap { h in w.taps.map { (d * input[1] + h) * input[2] + $0 } } }
          windows.append(Window(taps: taps, divisor: divisor ?? max(1, d.counted * h.counted * w.counted)))
        }
      }
    }
    self.windows = windows
  }
}

extension ReferenceWindows {
  /// The largest element of each window and its index: the lowest of equals, the last NaN; −∞ and −1 without elements.
  public func maxima<T: ReferenceScalar>(_ x: [T]) -> (values: [T], indices: [Int]) {
    let best = windows.map { window in
      window.taps.reduce((value: -T.infinity, index: -1)) { best, tap in
        best.index < 0 || x[tap] > best.value || x[tap].isNaN ? (x[tap], tap) : best
      }
    }
    return (best.map(\.value), best.map(\.index))
  }

  /// The mean of each window and how far a computed one may lie from it: n u Σ|x| / divisor for n elements, one rounding
  /// for each but the first and one for the quotient.
  public func means<T: ReferenceScalar>(_ x: [T]) -> [(value: T.Wide, bound: Double)] {
    windows.map { window in
      let sum = window.taps.reduce(T.Wide(0)) { $0 + T.Wide(x[$1]) }
      let scale = window.taps.reduce(0) { $0 + Double(x[$1].magnitude) }
      let divisor = Double(window.divisor)
      return (sum.divided(by: window.divisor), Double(window.taps.count) * T.unitRoundoff * scale / divisor)
    }
  }

  /// The gradient of means: Σ dy / divisor over the windows that hold an element, and its bound (n + 2) u Σ|dy / divisor|.
  public func meanGradient<T: ReferenceScalar>(_ dy: [T]) -> [(value: T.Wide, bound: Double)] {
    var sums = [T.Wide](repeating: T.Wide(0), count: inputCount)
    var scales = [Double](repeating: 0, count: inputCount)
    var terms = [Int](repeating: 0, count: inputCount)
    for (window, dy) in zip(windows, dy) {
      for tap in window.taps {
        sums[tap] = sums[tap] + T.Wide(dy).divided(by: window.divisor)
        scales[tap] += Double(dy.magnitude) / Double(window.divisor)
        terms[tap] += 1
      }
    }
    return sums.indices.map { (sums[$0], Double(terms[$0] + 2) * T.unitRoundoff * scales[$0]) }
  }

  /// Each dy added to the element whose index it has, in ascending order of outputs.
  public func scattered<T: ReferenceScalar>(_ dy: [T], _ indices: [Int]) -> [T] {
    var dx = [T](repeating: 0, count: inputCount)
    for (dy, index) in zip(dy, indices) where index >= 0 { dx[index] += dy }
    return dx
  }
}

extension WideNumber {
  /// The quotient by a small integer, within 4u² of it.
  func divided(by divisor: Int) -> Self {
    let inverse = 1 / Narrow(divisor)
    let first = self * inverse
    // What one rounding of 1 / divisor leaves over: 1 - divisor / divisor rounded, which is exact with a fused step.
    let rest = Narrow(1).addingProduct(-inverse, Narrow(divisor))
    return first + first * rest
  }
}
