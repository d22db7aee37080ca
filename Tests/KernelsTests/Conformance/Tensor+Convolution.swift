import Kernels

/// The numbers of a convolution as conformance vectors give them: one for each axis that there is.
struct ConvolutionAttributes {
  var stride: [Int] = []
  /// All before, then all after; empty for none.
  var pads: [Int] = []
  var dilation: [Int] = []
  var outputPadding: [Int] = []
  var groups = 1
  var isTransposed = false

  /// The geometry over x [batch, channels, axes…] with weights [filters, channels of a group, kernel…], or transposed
  /// [channels, filters of a group, kernel…].
  func geometry(_ x: [Int], _ weights: [Int]) -> ConvolutionGeometry {
    let axes = x.count - 2
    let wide = { (numbers: [Int], missing: Int) in
      let all =
        Array(repeating: missing, count: 3 - axes)
        + (numbers.isEmpty ? Array(repeating: missing, count: axes) : numbers)
      return SIMD3(all[0], all[1], all[2])
    }
    return ConvolutionGeometry(
      batch: x[0], channels: x[1], filters: isTransposed ? weights[1] * groups : weights[0], groups: groups,
      input: wide(Array(x[2...]), 1), kernel: wide(Array(weights[2...]), 1), stride: wide(stride, 1),
      dilation: wide(dilation, 1),
      padding: .each(
        before: wide(Array(pads.prefix(axes)), 0), after: wide(Array(pads.suffix(pads.isEmpty ? 0 : axes)), 0)),
      outputPadding: wide(outputPadding, 0), layout: .channelsFirst, isTransposed: isTransposed)
  }
}

extension Tensor {
  /// As many elements, none of them set.
  static func unset(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, elements: .init(repeating: .nan, count: shape.reduce(1, *)))
  }
}

/// A convolution of tensors, channels first, and its way back.
struct TensorConvolution<T: KernelScalar> {
  let plan: Convolution<T>
  private let shape: [Int]
  private let isa: ISA

  init(
    _ attributes: ConvolutionAttributes, _ x: [Int], _ weights: [Int], activation: Activation<T> = .identity,
    algorithm: ConvolutionAlgorithm = .automatic, strict: Bool = false, isa: ISA
  ) throws {
    plan = try Convolution<T>(
      attributes.geometry(x, weights), activation: activation, algorithm: algorithm, strict: strict, isa: isa)
    let size = plan.outputSize
    shape = [x[0], plan.geometry.filters] + [size.x, size.y, size.z].suffix(x.count - 2)
    self.isa = isa
  }

  func forward(
    _ x: Tensor<T>, _ weights: Tensor<T>, bias: Tensor<T>? = nil, residual: Tensor<T>? = nil
  ) throws -> Tensor<T> {
    var y = Tensor<T>.unset(shape)
    var out = y.elements.mutableSpan
    try plan.run(
      x.elements.span, plan.packed(weights.elements.span), bias: bias?.elements.span,
      residual: residual?.elements.span, into: &out)
    return y
  }

  func backwardData(_ dy: Tensor<T>, _ weights: Tensor<T>, shape: [Int]) throws -> Tensor<T> {
    var dx = Tensor<T>.unset(shape)
    var out = dx.elements.mutableSpan
    let backward = try plan.backwardData()
    try backward.run(dy.elements.span, backward.packed(weights.elements.span), into: &out)
    return dx
  }

  func backwardWeights(
    _ x: Tensor<T>, _ dy: Tensor<T>, shape: [Int]
  ) throws -> (weights: Tensor<T>, bias: Tensor<T>) {
    var (dw, db) = (Tensor<T>.unset(shape), Tensor<T>.unset([plan.geometry.filters]))
    var weights = dw.elements.mutableSpan
    var bias = db.elements.mutableSpan
    try plan.backwardWeights(x.elements.span, dy.elements.span, into: &weights, bias: &bias)
    return (dw, db)
  }
}
