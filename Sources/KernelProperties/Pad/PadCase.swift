import Kernels
import KernelsReference

/// One call that pads images or writes a convolution out as a matrix.
struct PadCase: PropertyCase {
  var batch = 1
  var channels = 1

  /// Sizes along an axis that is not there are 1.
  var depth = 1
  var height = 1
  var width = 1

  /// Added before and after along depth, height and width: digits of base 8, less 1.
  var before = 0o111
  var after = 0o111

  /// 0: constant, 1: mirrored, 2: repeated.
  var mode = 0

  /// 1: channels last.
  var channelsLast = 0

  /// A convolution's kernel, stride and dilation: digits of base 8.
  var kernel = 0o111
  var stride = 0o111
  var dilation = 0o111
  var groups = 1
  var filters = 1
  var flipped = 0
  var filtersLast = 0

  var seed = 0
  var threads = 1

  /// 1: the buffers begin at a forbidden page instead of ending there.
  var flushLeft = 0
  var choice = 0

  static let fields: [CaseField<PadCase>] = [
    CaseField("threads", \.threads, .threads), CaseField("batch", \.batch, .size),
    CaseField("channels", \.channels, .positiveSize), CaseField("depth", \.depth, .positiveSize),
    CaseField("height", \.height, .positiveSize), CaseField("width", \.width, .positiveSize),
    CaseField("before", \.before, .within(0...0o777)), CaseField("after", \.after, .within(0...0o777)),
    CaseField("mode", \.mode, .choice(0...2)), CaseField("last", \.channelsLast, .flag),
    CaseField("kernel", \.kernel, .within(0...0o777)), CaseField("stride", \.stride, .within(0...0o777)),
    CaseField("dilation", \.dilation, .within(0...0o777)), CaseField("groups", \.groups, .positiveSize),
    CaseField("filters", \.filters, .positiveSize), CaseField("flipped", \.flipped, .flag),
    CaseField("filters.last", \.filtersLast, .flag), CaseField("left", \.flushLeft, .flag),
    CaseField("choice", \.choice, .natural), CaseField("seed", \.seed, .natural),
  ]

  var input: SIMD3<Int> { SIMD3(max(depth, 1), max(height, 1), max(width, 1)) }

  private func digits(_ number: Int) -> SIMD3<Int> { SIMD3(number >> 6 & 7, number >> 3 & 7, number & 7) }

  private func atLeast1(_ number: Int) -> SIMD3<Int> {
    let x = digits(number)
    return SIMD3(max(x.x, 1), max(x.y, 1), max(x.z, 1))
  }

  var padding: PadGeometry {
    var before = digits(before) &- 1
    var after = digits(after) &- 1
    // Something of the image must be left.
    for axis in 0..<3 where input[axis] + min(before[axis], 0) + min(after[axis], 0) < 1 {
      (before[axis], after[axis]) = (0, 0)
    }
    let mode = PadGeometry.Mode.allCases[min(max(self.mode, 0), 2)]
    return PadGeometry(
      batch: max(batch, 0), channels: max(channels, 1), input: input, before: before, after: after, mode: mode,
      layout: channelsLast == 1 ? .channelsLast : .channelsFirst)
  }

  var convolution: ConvolutionGeometry {
    let groups = max(groups, 1)
    let none = SIMD3<Int>()
    let amounts = (digits(before) &- 1, digits(after) &- 1)
    return ConvolutionGeometry(
      batch: max(batch, 0), channels: max(channels, 1) * groups, filters: max(filters, 1) * groups, groups: groups,
      input: input, kernel: atLeast1(kernel), stride: atLeast1(stride), dilation: atLeast1(dilation),
      padding: .each(
        before: pointwiseMax(amounts.0, none), after: pointwiseMax(amounts.1, none)),
      layout: channelsLast == 1 ? .channelsLast : .channelsFirst,
      filterLayout: filtersLast == 1 ? .filtersLast : .filtersFirst, isFlipped: flipped == 1)
  }

  func values<T: PropertyScalar>(_ operand: String, _ count: Int, integers: Bool) -> [T] {
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: seed), id: operand, index: 0)
    return (0..<count).map { _ in integers ? T(random.int(-4...4)) : random.argument(mixedSpread) }
  }

  /// The images of x.
  func images(_ size: SIMD3<Int>, channels: Int) -> ReferenceImages {
    ReferenceImages(batch: max(batch, 0), channels: channels, size: size, channelsLast: channelsLast == 1)
  }
}

extension SplitMix64 {
  /// Small images in one, two or three dimensions.
  mutating func padded() -> PadCase {
    var x = PadCase()
    x.batch = chance(3) ? 0 : int(1...2)
    x.channels = chance(10) ? int(1...20) : int(1...3)
    let axes = int(1...3)
    x.width = chance(10) ? int(1...40) : int(1...9)
    x.height = axes > 1 ? int(1...5) : 1
    x.depth = axes > 2 ? int(1...3) : 1
    let there = axes == 3 ? 0o777 : axes == 2 ? 0o077 : 0o007
    let digits = { (random: inout SplitMix64, range: ClosedRange<Int>) in
      (random.int(range) << 6 | random.int(range) << 3 | random.int(range)) & there | 0o111 & ~there
    }
    (x.before, x.after) = (digits(&self, 0...6), digits(&self, 0...6))
    (x.kernel, x.stride, x.dilation) = (digits(&self, 1...3), digits(&self, 1...2), digits(&self, 1...2))
    (x.mode, x.channelsLast, x.flipped, x.filtersLast) = (int(0...2), int(0...1), int(0...1), int(0...1))
    (x.groups, x.filters) = (int(1...2), int(1...2))
    x.seed = int(0...1 << 30)
    x.threads = pick([1, 1, 1, 2, 3])
    x.flushLeft = int(0...1)
    return x
  }
}
