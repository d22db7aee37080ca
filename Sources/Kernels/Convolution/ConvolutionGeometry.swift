internal import CKernels

/// What a convolution is: sizes, strides, padding and layouts, in one, two or three dimensions.
///
/// y[n, f, o] = Σ over c, t of w[f, c, t] · x[n, c, o·stride + t·dilation − padBefore], where x is 0 outside itself, c
/// runs over the channels of f's group and t over the kernel.  Axes come as depth, height, width; one that a convolution
/// does not have is 1 long and has kernel 1.
///
/// ```swift
/// // 3x3, 64 to 128 channels, stride 2, on 56 x 56
/// let g = ConvolutionGeometry(
///   batch: 8, channels: 64, filters: 128, input: SIMD2(56, 56), kernel: SIMD2(3, 3), stride: SIMD2(2, 2),
///   padding: .amount(1))
/// try g.outputSize                 // SIMD3(1, 28, 28)
/// ```
///
/// A geometry does not check itself when it is made: whatever asks it for its figures does.
public struct ConvolutionGeometry: Hashable, Sendable {
  /// How weights lie in memory, dense.
  public enum FilterLayout: Hashable, Sendable, CaseIterable {
    /// OIHW: filters, channels of a group, depth, height, width.
    case filtersFirst
    /// HWIO: depth, height, width, channels of a group, filters.
    case filtersLast
  }

  /// Images.
  public var batch: Int
  /// Channels of x, those of all groups.
  public var channels: Int
  /// Channels of y, those of all groups.
  public var filters: Int
  /// Parts that channels and filters are cut into; filters see the channels of their own part only.
  public var groups: Int
  /// The extents of x.
  public var input: SIMD3<Int>
  /// The extents of a filter.
  public var kernel: SIMD3<Int>
  /// The distance in x between neighbouring outputs.
  public var stride: SIMD3<Int>
  /// The distance in x between neighbouring elements of the kernel.
  public var dilation: SIMD3<Int>
  /// Zeros before x, 0 or more.
  public var padBefore: SIMD3<Int>
  /// Zeros after x; a negative number leaves out elements at its end.
  public var padAfter: SIMD3<Int>
  /// Outputs added at the end of a transposed convolution.
  public var outputPadding = SIMD3<Int>()
  /// How x and y lie.
  public var layout: ImageLayout
  /// How weights lie.
  public var filterLayout: FilterLayout
  /// Whether the kernel is read backwards: true convolution, not cross-correlation.
  public var isFlipped: Bool
  /// Whether it is the adjoint of the convolution with these numbers, `channels` filters and `filters` channels, and the
  /// same weights as they lie: OIHW then means `channels` × `filters` of a group × kernel, as in PyTorch.
  public var isTransposed: Bool

  /// A convolution in three dimensions.
  public init(
    batch: Int = 1, channels: Int, filters: Int, groups: Int = 1, input: SIMD3<Int>, kernel: SIMD3<Int>,
    stride: SIMD3<Int> = SIMD3(1, 1, 1), dilation: SIMD3<Int> = SIMD3(1, 1, 1), padding: ConvolutionPadding = .valid,
    outputPadding: SIMD3<Int> = SIMD3(), layout: ImageLayout = .channelsLast,
    filterLayout: FilterLayout = .filtersFirst,
    isFlipped: Bool = false, isTransposed: Bool = false
  ) {
    (self.batch, self.channels, self.filters, self.groups) = (batch, channels, filters, groups)
    (self.input, self.kernel, self.stride, self.dilation) = (input, kernel, stride, dilation)
    (padBefore, padAfter) = padding.resolved(
      input: input, kernel: kernel, stride: stride, dilation: dilation, isTransposed: isTransposed)
    (self.outputPadding, self.layout, self.filterLayout) = (outputPadding, layout, filterLayout)
    (self.isFlipped, self.isTransposed) = (isFlipped, isTransposed)
  }

  /// A convolution in two dimensions: height and width.
  public init(
    batch: Int = 1, channels: Int, filters: Int, groups: Int = 1, input: SIMD2<Int>, kernel: SIMD2<Int>,
    stride: SIMD2<Int> = SIMD2(1, 1), dilation: SIMD2<Int> = SIMD2(1, 1), padding: ConvolutionPadding = .valid,
    outputPadding: SIMD2<Int> = SIMD2(), layout: ImageLayout = .channelsLast,
    filterLayout: FilterLayout = .filtersFirst,
    isFlipped: Bool = false, isTransposed: Bool = false
  ) {
    self.init(
      batch: batch, channels: channels, filters: filters, groups: groups, input: SIMD3(1, input),
      kernel: SIMD3(1, kernel), stride: SIMD3(1, stride), dilation: SIMD3(1, dilation), padding: padding.inPlane,
      outputPadding: SIMD3(0, outputPadding), layout: layout, filterLayout: filterLayout, isFlipped: isFlipped,
      isTransposed: isTransposed)
  }

  /// A convolution in one dimension.
  public init(
    batch: Int = 1, channels: Int, filters: Int, groups: Int = 1, input: Int, kernel: Int, stride: Int = 1,
    dilation: Int = 1, padding: ConvolutionPadding = .valid, outputPadding: Int = 0,
    layout: ImageLayout = .channelsLast,
    filterLayout: FilterLayout = .filtersFirst, isFlipped: Bool = false, isTransposed: Bool = false
  ) {
    self.init(
      batch: batch, channels: channels, filters: filters, groups: groups, input: SIMD3(1, 1, input),
      kernel: SIMD3(1, 1, kernel), stride: SIMD3(1, 1, stride), dilation: SIMD3(1, 1, dilation),
      padding: padding.inLine, outputPadding: SIMD3(0, 0, outputPadding), layout: layout, filterLayout: filterLayout,
      isFlipped: isFlipped, isTransposed: isTransposed)
  }
}

extension SIMD3<Int> {
  fileprivate init(_ x: Int, _ yz: SIMD2<Int>) { self.init(x, yz.x, yz.y) }
}

/// How many zeros surround x.
public enum ConvolutionPadding: Hashable, Sendable {
  /// None: every output sees elements of x only.
  case valid
  /// So many that y has ⌈input / stride⌉ elements (transposed: input · stride); one more after than before where odd.
  case same
  /// As `same`, but one more before than after where odd.
  case sameBefore
  /// dilation · (kernel − 1) on either side: every output that sees any element of x ("wide").
  case full
  /// The same number on either side of every axis.
  case amount(Int)
  /// Depth, height and width by themselves.
  case each(before: SIMD3<Int>, after: SIMD3<Int>)

  /// The same along height and width, nothing along depth.
  var inPlane: ConvolutionPadding {
    if case .amount(let n) = self { return .each(before: SIMD3(0, n, n), after: SIMD3(0, n, n)) }
    return self
  }

  /// The same along width, nothing along the others.
  var inLine: ConvolutionPadding {
    if case .amount(let n) = self { return .each(before: SIMD3(0, 0, n), after: SIMD3(0, 0, n)) }
    return self
  }

  /// The numbers.  Sizes that overflow give some number: the geometry is refused for them in any case.
  func resolved(
    input: SIMD3<Int>, kernel: SIMD3<Int>, stride: SIMD3<Int>, dilation: SIMD3<Int>, isTransposed: Bool
  ) -> (before: SIMD3<Int>, after: SIMD3<Int>) {
    let reach = dilation &* (kernel &- 1)
    switch self {
    case .valid: return (SIMD3(), SIMD3())
    case .full: return (reach, reach)
    case .amount(let n): return (SIMD3(repeating: n), SIMD3(repeating: n))
    case .each(let before, let after): return (before, after)
    case .same, .sameBefore:
      var total = SIMD3<Int>()
      for i in 0..<3 where stride[i] > 0 {
        let outputs = input[i] / stride[i] + (input[i] % stride[i] > 0 ? 1 : 0)
        let needed =
          isTransposed ? reach[i] &+ 1 &- stride[i] : (outputs &- 1) &* stride[i] &+ reach[i] &+ 1 &- input[i]
        total[i] = max(0, needed)
      }
      let less = SIMD3(total.x / 2, total.y / 2, total.z / 2)
      return self == .same ? (less, total &- less) : (total &- less, less)
    }
  }
}

// MARK: Figures

extension ConvolutionGeometry {
  /// The extents of y: ⌊(input + padBefore + padAfter − (dilation · (kernel − 1) + 1)) / stride⌋ + 1 along each axis;
  /// transposed, (input − 1) · stride + dilation · (kernel − 1) + 1 − padBefore − padAfter + outputPadding.
  ///
  /// - Throws: ``KernelError``, as every figure below: ``KernelError/Kind/badArgument`` where the output is empty, groups
  ///   do not divide or a number is too small, ``KernelError/Kind/negativeSize`` for the batch,
  ///   ``KernelError/Kind/overflow`` where sizes are beyond all memory.
  public var outputSize: SIMD3<Int> {
    get throws(KernelError) {
      let output = try figures().output
      return SIMD3(output.0, output.1, output.2)
    }
  }

  /// Elements of x.
  public var inputCount: Int { get throws(KernelError) { try figures().x_count } }

  /// Weights, the bias not among them.
  public var weightCount: Int { get throws(KernelError) { try figures().w_count } }

  /// Elements of y.
  public var outputCount: Int { get throws(KernelError) { try figures().y_count } }

  /// Weights, and one bias for each filter.
  ///
  /// - Throws: as ``outputSize``.
  public func parameterCount(bias: Bool) throws(KernelError) -> Int { try weightCount + (bias ? filters : 0) }

  /// Multiplications of the formula, those with padding included; with a bias there are as many additions.
  public var products: Int { get throws(KernelError) { Int(try figures().products) } }

  /// Multiplications that meet an element of x.
  public var innerProducts: Int { get throws(KernelError) { Int(try figures().inner_products) } }

  /// Bytes that x, weights and y take together: what must be moved at least.
  ///
  /// - Throws: as ``outputSize``; ``KernelError/Kind/overflow`` where the bytes do not fit an `Int`.
  public func bytesMoved<T: KernelScalar>(_: T.Type) throws(KernelError) -> Int {
    let figures = try figures()
    // Each count is at most Int.max / 16, so their sum fits.
    let elements = figures.x_count + figures.w_count + figures.y_count
    let (bytes, overflow) = elements.multipliedReportingOverflow(by: MemoryLayout<T>.stride)
    if overflow {
      throw KernelError(.overflow, operand: "elements", expected: .max / MemoryLayout<T>.stride, got: elements)
    }
    return bytes
  }

  /// The elements of x along `axis` (0 depth, 1 height, 2 width), padding included, that outputs in `outputs` depend on;
  /// the next one where a transposed convolution, its stride longer than its kernel, makes them of none.
  ///
  /// - Throws: as ``outputSize``.
  /// - Precondition: `axis` is 0, 1 or 2.
  public func receptiveField(of outputs: ClosedRange<Int>, axis: Int) throws(KernelError) -> ClosedRange<Int> {
    precondition((0..<3).contains(axis), "receptiveField: axis \(axis)")
    _ = try figures()
    var geometry = ck_conv(self)
    var (first, last) = (0, 0)
    unsafe ck_conv_receptive_field(&geometry, Int32(axis), outputs.lowerBound, outputs.upperBound, &first, &last)
    return first...max(first, last)
  }

  /// The geometry whose forward pass is the backward pass of this one with respect to x: its input is the gradient of y,
  /// its output that of x, its weights those of this one as they lie.
  ///
  /// - Throws: as ``outputSize``.
  public var adjoint: ConvolutionGeometry {
    get throws(KernelError) {
      var (geometry, adjoint, fault) = unsafe (ck_conv(self), ck_conv(), ck_fault())
      let status = unsafe ck_conv_adjoint(&geometry, &adjoint, &fault)
      guard status == CK_OK else { throw unsafe KernelError(status, fault) }
      return ConvolutionGeometry(adjoint)
    }
  }

  func figures() throws(KernelError) -> ck_conv_figures {
    var (geometry, figures, fault) = unsafe (ck_conv(self), ck_conv_figures(), ck_fault())
    let status = unsafe ck_conv_measure(&geometry, &figures, &fault)
    guard status == CK_OK else { throw unsafe KernelError(status, fault) }
    return figures
  }

  init(_ g: ck_conv) {
    let vector = { (x: (Int, Int, Int)) in SIMD3(x.0, x.1, x.2) }
    self.init(
      batch: g.batch, channels: g.channels, filters: g.filters, groups: g.groups, input: vector(g.input),
      kernel: vector(g.kernel), stride: vector(g.stride), dilation: vector(g.dilation),
      padding: .each(before: vector(g.pad_before), after: vector(g.pad_after)),
      outputPadding: vector(g.output_padding),
      layout: g.layout == CK_CHANNELS_LAST ? .channelsLast : .channelsFirst,
      filterLayout: g.weights == CK_FILTERS_FIRST ? .filtersFirst : .filtersLast, isFlipped: g.flipped,
      isTransposed: g.transposed)
  }
}

extension ck_conv {
  init(_ g: ConvolutionGeometry) {
    let array = { (x: SIMD3<Int>) in (x.x, x.y, x.z) }
    self.init(
      batch: g.batch, groups: g.groups, channels: g.channels, filters: g.filters, input: array(g.input),
      kernel: array(g.kernel), stride: array(g.stride), dilation: array(g.dilation), pad_before: array(g.padBefore),
      pad_after: array(g.padAfter), output_padding: array(g.outputPadding),
      layout: g.layout == .channelsLast ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST,
      weights: g.filterLayout == .filtersFirst ? CK_FILTERS_FIRST : CK_FILTERS_LAST, flipped: g.isFlipped,
      transposed: g.isTransposed)
  }
}
