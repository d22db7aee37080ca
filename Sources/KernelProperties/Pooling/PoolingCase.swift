import Kernels
import KernelsReference

/// One pooling: its shape, and the seed of the values.
struct PoolingCase: PropertyCase {
  /// 0: maximum, 1: average, 2: p-norm.
  var kind = 0
  var batch = 1
  var channels = 1
  var inputs = [1, 1, 1]
  var kernels = [1, 1, 1]
  var strides = [1, 1, 1]
  var dilations = [1, 1, 1]
  var before = [0, 0, 0]
  var after = [0, 0, 0]
  var roundsUp = 0
  var countsPadding = 0
  /// 0: none.
  var divisor = 0
  var exponent = 1
  /// 1: windows follow from `outputs`.
  var adaptive = 0
  var outputs = [1, 1, 1]
  var channelsFirst = 0
  var threads = 1
  /// As in the matrix product's cases: 0 small integers, 1 uniform, 3 any bits.
  var fill = 0
  var seed = 0
  var flushLeft = 0
  var choice = 0

  static let fields: [CaseField<PoolingCase>] =
    [
      CaseField("threads", \.threads, .threads), CaseField("batch", \.batch, .size),
      CaseField("channels", \.channels, .positiveSize), CaseField("kind", \.kind, .choice(0...2)),
      CaseField("channels.first", \.channelsFirst, .flag), CaseField("adaptive", \.adaptive, .flag),
      CaseField("rounds.up", \.roundsUp, .flag), CaseField("counts.padding", \.countsPadding, .flag),
      CaseField("divisor", \.divisor, .natural), CaseField("exponent", \.exponent, .within(1...64)),
      CaseField("fill", \.fill, .choice(0...3)), CaseField("left", \.flushLeft, .flag),
      CaseField("choice", \.choice, .natural),
    ] + axes("input", \.inputs, .positiveSize) + axes("kernel", \.kernels, .positiveSize)
    + axes("stride", \.strides, .positiveDistance) + axes("dilation", \.dilations, .positiveDistance)
    + axes("before", \.before, .distance) + axes("after", \.after, .distance)
    + axes("output", \.outputs, .positiveDistance) + [CaseField("seed", \.seed, .natural)]

  private static func axes(
    _ name: String, _ numbers: any WritableKeyPath<PoolingCase, [Int]> & Sendable, _ domain: FieldDomain
  ) -> [CaseField<PoolingCase>] {
    [
      CaseField("\(name).d", numbers, \.depth, domain), CaseField("\(name).h", numbers, \.height, domain),
      CaseField("\(name).w", numbers, \.width, domain),
    ]
  }

  var pooling: Pooling {
    let vector = { (x: [Int]) in SIMD3(x[0], x[1], x[2]) }
    let kind: Pooling.Kind =
      switch self.kind {
      case 0: .max
      case 1: .average(countsPadding: countsPadding == 1, divisor: divisor == 0 ? nil : divisor)
      default: .lp(exponent: exponent)
      }
    var pooling = Pooling(
      kind, batch: batch, channels: channels, input: vector(inputs), kernel: vector(kernels), stride: vector(strides),
      dilation: vector(dilations), padBefore: vector(before), padAfter: vector(after), roundsUp: roundsUp == 1,
      layout: channelsFirst == 1 ? .channelsFirst : .channelsLast)
    if adaptive == 1 { pooling.adaptiveOutput = vector(outputs) }
    return pooling
  }

  var isValid: Bool { !windows.windows.isEmpty }

  var windows: ReferenceWindows {
    let divisor = divisor == 0 ? nil : divisor
    if adaptive == 1 { return ReferenceWindows(adaptive: inputs, output: outputs, divisor: divisor) }
    return ReferenceWindows(
      input: inputs, kernel: kernels, stride: strides, dilation: dilations, before: before, after: after,
      roundsUp: roundsUp == 1, countsPadding: countsPadding == 1, divisor: divisor)
  }
}

extension [Int] {
  fileprivate var depth: Int {
    get { self[0] }
    set { self[0] = newValue }
  }
  fileprivate var height: Int {
    get { self[1] }
    set { self[1] = newValue }
  }
  fileprivate var width: Int {
    get { self[2] }
    set { self[2] = newValue }
  }
}

extension SplitMix64 {
  /// A pooling with an output, of one to three dimensions.
  mutating func pooling(kind: Int? = nil, fill: Int? = nil) -> PoolingCase {
    var x = PoolingCase()
    repeat {
      x = PoolingCase()
      (x.kind, x.channelsFirst, x.roundsUp, x.countsPadding) = (kind ?? int(0...2), int(0...1), int(0...1), int(0...1))
      (x.divisor, x.exponent, x.adaptive) = (chance(20) ? int(1...9) : 0, int(1...4), chance(15) ? 1 : 0)
      (x.batch, x.channels, x.threads) = (chance(5) ? 0 : int(1...2), size(chance(75) ? 4 : 20), int(1...3))
      (x.fill, x.seed, x.flushLeft) = (fill ?? pick([0, 1, 3]), int(0...1 << 30), int(0...1))
      for axis in int(0...2)..<3 {
        x.inputs[axis] = int(1...(chance(80) ? 7 : 16))
        x.outputs[axis] = int(1...x.inputs[axis] + 1)
        x.kernels[axis] = int(1...(chance(75) ? 3 : 8))
        x.strides[axis] = int(1...(chance(75) ? 3 : 6))
        x.dilations[axis] = chance(66) ? 1 : int(1...4)
        x.before[axis] = chance(50) ? 0 : int(0...2 * x.kernels[axis])
        x.after[axis] = chance(50) ? 0 : int(0...2 * x.kernels[axis])
      }
      if chance(10) {
        (x.kernels, x.strides, x.dilations) = (x.inputs, [1, 1, 1], [1, 1, 1])
        (x.before, x.after) = ([0, 0, 0], [0, 0, 0])
      }
    } while x.windows.windows.isEmpty
    return x
  }
}
