import Kernels
import KernelsReference

/// The operands that a case describes, and calls on them that check what every call must keep.
struct ConvolutionProblem<T: PropertyScalar> {
  let x: ConvolutionCase
  let geometry: ConvolutionGeometry
  let reference: ReferenceConvolution
  let image: [T]
  let weights: [T]
  let bias: [T]
  let slopes: [T]
  let residual: [T]
  let gradient: [T]

  init(_ x: ConvolutionCase) throws {
    self.x = x
    geometry = x.geometry
    reference = try ReferenceConvolution(geometry)
    let depth = x.channels * geometry.kernel.volume
    let values = { (name: String, count: Int) -> [T] in
      var random = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed), id: name, index: 0)
      return (0..<count).map { _ in random.value(fill: x.fill, depth: depth) }
    }
    image = values("x", try geometry.inputCount)
    weights = values("w", try geometry.weightCount)
    bias = values("bias", geometry.filters)
    slopes = values("slopes", geometry.filters)
    residual = values("residual", try geometry.outputCount)
    gradient = values("dy", try geometry.outputCount)
  }

  /// The same kind of problem over given images and weights.
  init(_ x: ConvolutionCase, image: [T], weights: [T]) throws {
    self.x = x
    geometry = x.geometry
    reference = try ReferenceConvolution(geometry)
    (self.image, self.weights) = (image, weights)
    bias = Array(repeating: 0, count: geometry.filters)
    slopes = bias
    residual = Array(repeating: 0, count: try geometry.outputCount)
    gradient = residual
  }

  /// The images and weights of `other` in the layouts of `x`.
  init(_ x: ConvolutionCase, like other: ConvolutionProblem) throws {
    let g = x.geometry
    let (here, there) = (try ReferenceConvolution(g), other.reference)
    var weights = [T](repeating: 0, count: here.weightCount)
    for f in 0..<here.filters {
      for c in 0..<here.channels / here.groups {
        for tap in (0..<here.kernel.volume).map(here.kernel.place) {
          weights[here.weightIndex(f, c, tap)] = other.weights[there.weightIndex(f, c, tap)]
        }
      }
    }
    let image = ConvolutionProblem.relaid(other.image, g.batch, g.channels, g.input, from: there, to: here)
    try self.init(x, image: image, weights: weights)
  }

  /// y of `other` in this layout.
  func relaid(_ y: [T], from other: ConvolutionProblem) throws -> [T] {
    ConvolutionProblem.relaid(
      y, geometry.batch, geometry.filters, try geometry.outputSize, from: other.reference, to: reference)
  }

  private static func relaid(
    _ values: [T], _ batch: Int, _ channels: Int, _ size: SIMD3<Int>, from: ReferenceConvolution,
    to: ReferenceConvolution
  ) -> [T] {
    var result = values
    for n in 0..<batch {
      for c in 0..<channels {
        for at in (0..<size.volume).map(size.place) {
          result[to.imageIndex(n, c, channels, at, size)] = values[from.imageIndex(n, c, channels, at, size)]
        }
      }
    }
    return result
  }

  var activation: Activation<T> {
    switch x.activation {
    case 1: .relu
    case 2: .leakyReLU(alpha: T(0.3))
    case 3: .clamp(lo: -1.5, hi: 2.25)
    case 4: .silu
    default: .identity
    }
  }

  func plan(_ isa: ISA, threads: Int? = nil, epilogue: Bool = true) throws -> Convolution<T> {
    try Convolution<T>(
      geometry, activation: epilogue ? activation : .identity, strict: true, isa: isa, threads: threads ?? x.threads)
  }

  /// y, each operand beside a page that may not be touched.
  ///
  /// - Throws: what the call throws; ``PropertyFailure`` where it changed anything but y.
  func forward(_ isa: ISA, threads: Int? = nil, epilogue: Bool = true) throws -> [T] {
    let plan = try plan(isa, threads: threads, epilogue: epilogue)
    let filters = try plan.packed(weights.span)
    let (image, bias, residual, y) = (guarded(image), guarded(bias), guarded(residual), guarded(self.residual))
    let slopes = guarded(slopes)
    let adding = epilogue ? x.residual : 0
    // SAFETY: the buffers outlive the spans.
    defer { withExtendedLifetime((image, bias, slopes, residual, y)) {} }
    if adding != 2 { for index in 0..<y.elements.count { y.elements[index] = T.canary } }
    let (imageView, biasView, residualView) = (image.elements, bias.elements, residual.elements)
    var out = unsafe y.elements.mutableSpan
    let biasSpan = unsafe biasView.span
    let residualSpan = unsafe residualView.span
    let slopesView = slopes.elements
    let slopesSpan = unsafe slopesView.span
    try unsafe plan.run(
      imageView.span, filters, bias: epilogue && x.bias == 1 ? biasSpan : nil,
      residual: adding == 1 ? residualSpan : nil, slopes: epilogue && x.activation == 5 ? slopesSpan : nil,
      into: &out, accumulating: adding == 2)
    try expectIntact(image, self.image, "x")
    try expectIntact(bias, self.bias, "the bias")
    try expectIntact(slopes, self.slopes, "the slopes")
    try expectIntact(residual, self.residual, "the residual")
    guard y.surroundingsAreIntact else { throw PropertyFailure("bytes beside y changed") }
    return unsafe Array(y.elements)
  }

  /// dx.
  func backwardData(_ isa: ISA, threads: Int? = nil) throws -> [T] {
    let plan = try plan(isa, threads: threads).backwardData(strict: true)
    let filters = try plan.packed(weights.span)
    let (dy, dx) = (guarded(gradient), guarded(image))
    defer { withExtendedLifetime((dy, dx)) {} }
    for index in 0..<dx.elements.count { dx.elements[index] = T.canary }
    let view = dy.elements
    var out = unsafe dx.elements.mutableSpan
    try unsafe plan.run(view.span, filters, into: &out)
    try expectIntact(dy, gradient, "dy")
    guard dx.surroundingsAreIntact else { throw PropertyFailure("bytes beside dx changed") }
    return unsafe Array(dx.elements)
  }

  /// dw and db.
  func backwardWeights(_ isa: ISA, threads: Int? = nil) throws -> (weights: [T], bias: [T]) {
    let plan = try plan(isa, threads: threads)
    let (image, dy, dw, db) = (guarded(image), guarded(gradient), guarded(weights), guarded(bias))
    defer { withExtendedLifetime((image, dy, dw, db)) {} }
    let (imageView, dyView) = (image.elements, dy.elements)
    var out = unsafe dw.elements.mutableSpan
    var outBias = unsafe db.elements.mutableSpan
    try unsafe plan.backwardWeights(imageView.span, dyView.span, into: &out, bias: &outBias)
    try expectIntact(image, self.image, "x")
    try expectIntact(dy, gradient, "dy")
    guard dw.surroundingsAreIntact, db.surroundingsAreIntact else {
      throw PropertyFailure("bytes beside dw or db changed")
    }
    return unsafe (Array(dw.elements), Array(db.elements))
  }

  private func guarded(_ values: [T]) -> GuardedBuffer<T> {
    let buffer = GuardedBuffer<T>(count: values.count, side: x.left == 1 ? .left : .right, shift: x.shift)
    for (index, value) in values.enumerated() { buffer.elements[index] = value }
    return buffer
  }

  private func expectIntact(_ buffer: GuardedBuffer<T>, _ values: [T], _ name: String) throws {
    let changed = values.indices.first { buffer.elements[$0].bits != values[$0].bits }
    guard changed == nil, buffer.surroundingsAreIntact else { throw PropertyFailure("\(name) changed") }
  }
}

extension ConvolutionProblem {
  /// What the forward pass must give, before the epilogue.
  func sums() -> ReferenceSums<T> {
    geometry.isTransposed ? reference.backwardData(image, weights) : reference.forward(image, weights)
  }

  /// What the backward pass over data must give.
  func dataGradient() -> ReferenceSums<T> {
    geometry.isTransposed ? reference.forward(gradient, weights) : reference.backwardData(gradient, weights)
  }

  /// What the gradient of the weights must be.
  func weightGradient() -> ReferenceSums<T> {
    geometry.isTransposed
      ? reference.backwardWeights(gradient, image) : reference.backwardWeights(image, gradient)
  }

  /// The filter of each element of y.
  func filter(of index: Int, pixels: Int) -> Int {
    geometry.layout == .channelsLast ? index % geometry.filters : index / pixels % geometry.filters
  }
}

extension ConvolutionProblem {
  /// The channel of y that a weight works for.
  func outputFilter(ofWeight index: Int) -> Int {
    let r = reference
    let (perGroup, taps) = (r.channels / r.groups, r.kernel.volume)
    let (outer, inner) =
      r.filtersFirst
      ? (index / (perGroup * taps), index / taps % perGroup) : (index % r.filters, index / r.filters % perGroup)
    return geometry.isTransposed ? outer / (r.filters / r.groups) * perGroup + inner : outer
  }
}

/// The worst error as a fraction of `roundings`·u·Σ|a||b|.
func worstError<T: PropertyScalar>(
  _ got: [T], _ expected: ReferenceSums<T>, roundings: Int, limit: Double = 1
) throws -> Double {
  var worst = 0.0
  for index in got.indices {
    let ratio = expected.errorOverBound(of: got[index], at: index, roundings: roundings)
    guard ratio <= limit else {
      throw PropertyFailure(
        "element \(index) is \(got[index]), not \(expected.values[index]): the error is \(ratio) of the bound")
    }
    worst = max(worst, ratio)
  }
  return worst
}
