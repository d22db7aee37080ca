import Kernels
import Testing

/// The three networks of MTCNN with the weights that come with the vectors.
/// Source: K. Zhang, Z. Zhang, Z. Li and Y. Qiao, Joint face detection and alignment using multitask cascaded
/// convolutional networks, 2016.
struct FaceNetworks<T: KernelScalar> {
  private let weights: [String: Tensor<T>]
  private let isa: ISA

  init(_ vectors: KernelVectors, isa: ISA) throws {
    weights = try Dictionary(
      uniqueKeysWithValues: vectors.tensors("initializer").map { ($0.name, try vectors.tensor($0)) })
    self.isa = isa
  }

  /// Whether there is a face in each 12 x 12 pixels of an image, and where.
  func proposals(_ x: Tensor<T>) throws -> (probability: Tensor<T>, box: Tensor<T>) {
    var y = try prelu("pnet.prelu1", convolution("pnet.conv1", x))
    y = try maxPool(y, kernel: 2)
    y = try prelu("pnet.prelu2", convolution("pnet.conv2", y))
    y = try prelu("pnet.prelu3", convolution("pnet.conv3", y))
    return (try softmax(convolution("pnet.conv4_1", y)), try convolution("pnet.conv4_2", y))
  }

  /// Whether there is a face in each image of 24 x 24, and where.
  func refined(_ x: Tensor<T>) throws -> (probability: Tensor<T>, box: Tensor<T>) {
    var y = try prelu("rnet.prelu1", convolution("rnet.conv1", x))
    y = try maxPool(y, kernel: 3)
    y = try prelu("rnet.prelu2", convolution("rnet.conv2", y))
    y = try maxPool(y, kernel: 3)
    y = try prelu("rnet.prelu3", convolution("rnet.conv3", y))
    y = try prelu("rnet.prelu4", dense("rnet.dense4", columns(y)))
    return (try softmax(dense("rnet.dense5_1", y)), try dense("rnet.dense5_2", y))
  }

  /// Whether there is a face in each image of 48 x 48, where, and where its eyes, nose and corners of the mouth are.
  func outputs(_ x: Tensor<T>) throws -> (probability: Tensor<T>, box: Tensor<T>, points: Tensor<T>) {
    var y = try prelu("onet.prelu1", convolution("onet.conv1", x))
    y = try maxPool(y, kernel: 3)
    y = try prelu("onet.prelu2", convolution("onet.conv2", y))
    y = try maxPool(y, kernel: 3)
    y = try prelu("onet.prelu3", convolution("onet.conv3", y))
    y = try maxPool(y, kernel: 2)
    y = try prelu("onet.prelu4", convolution("onet.conv4", y))
    y = try prelu("onet.prelu5", dense("onet.dense5", columns(y)))
    return (try softmax(dense("onet.dense6_1", y)), try dense("onet.dense6_2", y), try dense("onet.dense6_3", y))
  }

  // MARK: Layers

  private func weight(_ name: String) throws -> Tensor<T> { try #require(weights[name], "\(name)") }

  private func convolution(_ layer: String, _ x: Tensor<T>) throws -> Tensor<T> {
    let w = try weight(layer + ".weight")
    return try TensorConvolution<T>(ConvolutionAttributes(), x.shape, w.shape, isa: isa)
      .forward(x, w, bias: weight(layer + ".bias"))
  }

  private func dense(_ layer: String, _ x: Tensor<T>) throws -> Tensor<T> {
    try product(x, weight(layer + ".weight"), transB: true, beta: 1, adding: weight(layer + ".bias"), isa: isa)
  }

  /// max(x, 0) + slope · min(x, 0), a slope for each channel.
  private func prelu(_ layer: String, _ x: Tensor<T>) throws -> Tensor<T> {
    let slopes = try weight(layer + ".weight")
    var (positive, negative, y) = (x, x, Tensor<T>.unset(x.shape))
    var above = positive.elements.mutableSpan
    try activate(.relu, inPlace: &above, isa: isa)
    var below = negative.elements.mutableSpan
    try activate(.clamp(lo: -.infinity, hi: 0), inPlace: &below, isa: isa)
    let shape = [x.shape[0], x.shape[1], x.shape[2...].reduce(1, *)]
    var out = y.elements.mutableSpan
    try combine(
      .multiplyAdd, slopes.elements.span, negative.elements.span, positive.elements.span, into: &out,
      over: Broadcast([shape[1], 1], shape, shape), isa: isa)
    return y
  }

  /// Stride 2; a last window that is not full counts.
  private func maxPool(_ x: Tensor<T>, kernel: Int) throws -> Tensor<T> {
    let pooling = Pooling(
      .max, batch: x.shape[0], channels: x.shape[1], input: SIMD2(x.shape[2], x.shape[3]),
      kernel: SIMD2(kernel, kernel), stride: SIMD2(2, 2), roundsUp: true, layout: .channelsFirst)
    let size = try pooling.outputSize
    var y = Tensor<T>.unset([x.shape[0], x.shape[1], size.y, size.z])
    var out = y.elements.mutableSpan
    try pool(x.elements.span, pooling, into: &out, isa: isa)
    return y
  }

  /// Along axis 1.
  private func softmax(_ x: Tensor<T>) throws -> Tensor<T> {
    var y = x
    var out = y.elements.mutableSpan
    try Kernels.softmax(inPlace: &out, AxisShape(of: x.shape, axis: 1), isa: isa)
    return y
  }

  /// [N, C, H, W] as rows of W, H, C: the weights came from a framework that lays images out so.
  private func columns(_ x: Tensor<T>) -> Tensor<T> {
    let (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3])
    let size = channels * height * width
    let moved = x.elements.indices.map { index in
      let (n, rest) = (index / size, index % size)
      let (column, row, channel) = (rest / (height * channels), rest / channels % height, rest % channels)
      return x.elements[n * size + (channel * height + row) * width + column]
    }
    return Tensor(shape: [x.shape[0], size], elements: moved)
  }
}
