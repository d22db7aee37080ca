import Kernels
import KernelsReference

/// One convolution: geometry, layouts, epilogue, and the seed of the values.
struct ConvolutionCase: PropertyCase {
  /// One number for each axis.
  struct Axes: Sendable, Equatable {
    var d = 1
    var h = 1
    var w = 1

    var vector: SIMD3<Int> { SIMD3(d, h, w) }

    static func fields(
      _ name: String, _ part: any WritableKeyPath<ConvolutionCase, Axes> & Sendable, _ domain: FieldDomain
    ) -> [CaseField<ConvolutionCase>] {
      [
        CaseField("\(name).d", part, \.d, domain), CaseField("\(name).h", part, \.h, domain),
        CaseField("\(name).w", part, \.w, domain),
      ]
    }
  }

  var batch = 1
  var groups = 1

  /// Channels and filters of one group.
  var channels = 1
  var filters = 1
  var input = Axes()
  var kernel = Axes()
  var stride = Axes()
  var dilation = Axes()
  var before = Axes(d: 0, h: 0, w: 0)
  var after = Axes(d: 0, h: 0, w: 0)
  var outputPadding = Axes(d: 0, h: 0, w: 0)

  /// 1: channels come first.
  var channelsFirst = 0

  /// 1: filters come last.
  var filtersLast = 0
  var flipped = 0
  var transposed = 0

  /// As in ``GEMMCase``: 0 small integers, 1 uniform, 2 magnitudes over 2^-20 … 2^20, 3 any bits.
  var fill = 0
  var seed = 0
  var threads = 1
  var bias = 0

  /// 1: a residual is added; 2: what y holds is.
  var residual = 0

  /// 0: identity, 1: ReLU, 2: LeakyReLU, 3: clamp, 4: SiLU, 5: PReLU with a slope for each filter.
  var activation = 0

  /// Elements between the guard page and each operand, if on its left.
  var left = 0
  var shift = 0

  /// A choice, for properties that need one.
  var choice = 0

  static let fields: [CaseField<ConvolutionCase>] =
    [
      CaseField("threads", \.threads, .threads), CaseField("batch", \.batch, .size),
      CaseField("groups", \.groups, .positiveSize), CaseField("channels", \.channels, .positiveSize),
      CaseField("filters", \.filters, .positiveSize),
    ] + Axes.fields("in", \.input, .positiveSize) + Axes.fields("kernel", \.kernel, .positiveSize)
    + Axes.fields("stride", \.stride, .positiveDistance) + Axes.fields("dilation", \.dilation, .positiveDistance)
    + Axes.fields("before", \.before, .distance) + Axes.fields("after", \.after, .distance)
    + Axes.fields("out.padding", \.outputPadding, .distance)
    + [
      CaseField("nchw", \.channelsFirst, .flag), CaseField("hwio", \.filtersLast, .flag),
      CaseField("flipped", \.flipped, .flag), CaseField("transposed", \.transposed, .flag),
      CaseField("fill", \.fill, .choice(0...3)), CaseField("bias", \.bias, .flag),
      CaseField("residual", \.residual, .choice(0...2)), CaseField("activation", \.activation, .choice(0...5)),
      CaseField("left", \.left, .flag), CaseField("shift", \.shift, .distance), CaseField("choice", \.choice, .natural),
      CaseField("seed", \.seed, .natural),
    ]

  var geometry: ConvolutionGeometry {
    ConvolutionGeometry(
      batch: batch, channels: channels * groups, filters: filters * groups, groups: groups, input: input.vector,
      kernel: kernel.vector, stride: stride.vector, dilation: dilation.vector,
      padding: .each(before: before.vector, after: after.vector), outputPadding: outputPadding.vector,
      layout: channelsFirst == 1 ? .channelsFirst : .channelsLast,
      filterLayout: filtersLast == 1 ? .filtersLast : .filtersFirst, isFlipped: flipped == 1,
      isTransposed: transposed == 1)
  }

  /// Whether the geometry is one: shrinking may leave an output empty.
  var isValid: Bool { (try? geometry.outputSize) != nil }
}

extension ReferenceConvolution {
  /// The convolution that a geometry describes, or, where it is transposed, the one it is the adjoint of.
  init(_ g: ConvolutionGeometry) throws {
    self.init()
    let output = try g.outputSize
    (batch, groups) = (g.batch, g.groups)
    (channels, filters) = g.isTransposed ? (g.filters, g.channels) : (g.channels, g.filters)
    (input, self.output) = g.isTransposed ? (output, g.input) : (g.input, output)
    (kernel, stride, dilation, padBefore) = (g.kernel, g.stride, g.dilation, g.padBefore)
    channelsLast = g.layout == .channelsLast
    filtersFirst = g.filterLayout == .filtersFirst
    flipped = g.isFlipped
  }
}

extension SplitMix64 {
  /// Any geometry with about `budget` products at most: 1-D to 3-D, groups down to depthwise, odd and tiny sizes, padding
  /// up to twice the kernel, dilation up to 4 and now and then to 40, empty batches.
  mutating func convolution(budget: Int = 6000) -> ConvolutionCase {
    var x = ConvolutionCase()
    repeat { x = anyConvolution() } while !x.isValid || !fits(x, budget)
    x.fill = int(0...2)
    x.seed = int(0...1 << 30)
    x.threads = pick([1, 1, 2, 3])
    x.left = int(0...1)
    x.shift = x.left == 1 ? int(0...15) : 0
    return x
  }

  private func fits(_ x: ConvolutionCase, _ budget: Int) -> Bool {
    guard x.objection == nil, let products = try? x.geometry.products, let y = try? x.geometry.outputCount else {
      return false
    }
    return products <= budget && y <= budget
  }

  private mutating func anyConvolution() -> ConvolutionCase {
    var x = ConvolutionCase()
    x.batch = chance(3) ? 0 : pick([1, 1, 1, 2, 3])
    x.groups = chance(70) ? 1 : int(2...6)
    (x.channels, x.filters) = chance(15) ? (1, int(1...3)) : (width(), width())
    let dimensions = pick([1, 2, 2, 2, 3])
    for (index, axis) in [\ConvolutionCase.Axes.w, \.h, \.d].enumerated() where index < dimensions {
      x.kernel[keyPath: axis] = pick([1, 2, 3, 3, 3, 4, 5, 7])
      x.dilation[keyPath: axis] = chance(3) ? int(5...40) : pick([1, 1, 1, 2, 3, 4])
      x.stride[keyPath: axis] = pick([1, 1, 1, 2, 3])
      x.input[keyPath: axis] = int(1...pick([3, 9, dimensions == 1 ? 80 : 20]))
      let reach = (x.kernel[keyPath: axis] - 1) * x.dilation[keyPath: axis]
      let wide = x.dilation[keyPath: axis] > 4
      let pads = wide ? reach / 2...reach / 2 + 4 : chance(40) ? 0...0 : 0...2 * x.kernel[keyPath: axis]
      (x.before[keyPath: axis], x.after[keyPath: axis]) = (int(pads), int(pads))
    }
    (x.channelsFirst, x.filtersLast, x.flipped) = (int(0...1), int(0...1), chance(15) ? 1 : 0)
    if chance(25) {
      x.transposed = 1
      for axis in [\ConvolutionCase.Axes.w, \.h, \.d] {
        x.outputPadding[keyPath: axis] = int(0...max(x.stride[keyPath: axis], x.dilation[keyPath: axis]) - 1)
      }
    }
    return x
  }

  /// Channels: few, about a vector, about a register tile.
  private mutating func width() -> Int { pick([1, 2, 3, 4, 6, 7, 8, 9, 15, 16, 17, 24, 33]) }
}
