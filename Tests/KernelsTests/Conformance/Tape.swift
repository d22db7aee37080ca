import Kernels

/// A graph of operations that are run once forwards, remember how, and are run backwards.
struct Tape<T: KernelScalar> {
  private typealias Step = (output: String, back: (Tensor<T>) throws -> [(input: String, gradient: Tensor<T>)])

  /// Every tensor by name.
  private(set) var values: [String: Tensor<T>]
  /// d(loss)/d(tensor), after `backward`.
  private(set) var gradients: [String: Tensor<T>] = [:]
  private var steps: [Step] = []
  let isa: ISA
  private let strict: Bool

  /// - Parameter strict: convolutions add up the formula's own products only.
  init(_ inputs: [String: Tensor<T>], strict: Bool = false, isa: ISA) {
    values = inputs
    self.isa = isa
    self.strict = strict
  }

  mutating func set(_ name: String, _ value: Tensor<T>) { values[name] = value }

  /// Gradients of all that `output` depends on, from that of `output`.
  mutating func backward(_ gradient: Tensor<T>, of output: String) throws {
    gradients[output] = gradient
    for step in steps.reversed() {
      guard let dy = gradients[step.output] else { continue }
      for (input, dx) in try step.back(dy) {
        gradients[input] = try gradients[input].map { try sum($0, dx) } ?? dx
      }
    }
  }

  private mutating func record(
    _ output: String, _ value: Tensor<T>,
    _ back: @escaping (Tensor<T>) throws -> [(input: String, gradient: Tensor<T>)]
  ) {
    values[output] = value
    steps.append((output, back))
  }

  private func sum(_ a: Tensor<T>, _ b: Tensor<T>) throws -> Tensor<T> {
    var y = a
    var out = y.elements.mutableSpan
    try axpy(1, b.elements.span, into: &out, isa: isa)
    return y
  }

  // MARK: Operations

  mutating func convolution(
    _ x: String, _ w: String, _ b: String?, _ attributes: ConvolutionAttributes, as output: String
  ) throws {
    let (image, weights) = (values[x]!, values[w]!)
    let convolution = try TensorConvolution<T>(attributes, image.shape, weights.shape, strict: strict, isa: isa)
    let y = try convolution.forward(image, weights, bias: b.map { values[$0]! })
    record(output, y) { dy in
      let (dw, db) = try convolution.backwardWeights(image, dy, shape: weights.shape)
      let dx = try convolution.backwardData(dy, weights, shape: image.shape)
      return [(x, dx), (w, dw)] + (b.map { [($0, db)] } ?? [])
    }
  }

  mutating func relu(_ x: String, as output: String) throws {
    var y = values[x]!
    var out = y.elements.mutableSpan
    try activate(.relu, inPlace: &out, isa: isa)
    record(output, y) { [isa, y] dy in
      var dx = dy
      var out = dx.elements.mutableSpan
      try activateBackward(.relu, y.elements.span, inPlace: &out, isa: isa)
      return [(x, dx)]
    }
  }

  mutating func add(_ terms: [String], as output: String) throws {
    let y = try terms.dropFirst().reduce(values[terms[0]]!) { try sum($0, values[$1]!) }
    record(output, y) { dy in terms.map { ($0, dy) } }
  }

  mutating func maxPool(
    _ x: String, kernel: SIMD2<Int>, stride: SIMD2<Int>, padding: SIMD2<Int>, as output: String
  ) throws {
    let image = values[x]!
    let pooling = Pooling(
      .max, batch: image.shape[0], channels: image.shape[1], input: SIMD2(image.shape[2], image.shape[3]),
      kernel: kernel, stride: stride, padding: padding, layout: .channelsFirst)
    let size = try pooling.outputSize
    var y = Tensor<T>.unset([image.shape[0], image.shape[1], size.y, size.z])
    var indices = [Int32](repeating: 0, count: y.elements.count)
    var out = y.elements.mutableSpan
    var found = indices.mutableSpan
    try pool(image.elements.span, pooling, into: &out, indices: &found, isa: isa)
    record(output, y) { [isa, indices] dy in
      var dx = Tensor<T>.unset(image.shape)
      var out = dx.elements.mutableSpan
      try poolBackward(dy.elements.span, indices: indices.span, pooling, into: &out, isa: isa)
      return [(x, dx)]
    }
  }

  /// Along axis 1.
  mutating func concatenate(_ parts: [String], as output: String) throws {
    let tensors = parts.map { values[$0]! }
    let (batch, axes) = (tensors[0].shape[0], Array(tensors[0].shape[2...]))
    let counts = tensors.map { $0.elements.count / batch }
    var y = Tensor<T>(shape: [0], elements: [])
    for n in 0..<batch {
      for (part, count) in zip(tensors, counts) { y.elements += part.elements[n * count..<(n + 1) * count] }
    }
    y.shape = [batch, tensors.reduce(0) { $0 + $1.shape[1] }] + axes
    record(output, y) { dy in
      var at = 0
      var pieces = tensors.map { Tensor<T>(shape: [0], elements: .init($0.elements[..<0])) }
      for _ in 0..<batch {
        for (index, count) in counts.enumerated() {
          pieces[index].elements += dy.elements[at..<at + count]
          at += count
        }
      }
      for index in pieces.indices { pieces[index].shape = tensors[index].shape }
      return Array(zip(parts, pieces)).map { (input: $0.0, gradient: $0.1) }
    }
  }

  /// y = x wᵀ + b, each image of x one row.
  mutating func linear(_ x: String, _ w: String, _ b: String, as output: String) throws {
    let (input, weights) = (values[x]!, values[w]!)
    let rows = input.shape[0]
    let matrix = Tensor<T>(shape: [rows, input.elements.count / rows], elements: input.elements)
    let y = try product(matrix, weights, transB: true, beta: 1, adding: values[b]!, isa: isa)
    record(output, y) { [isa] dy in
      let ones = Tensor<T>(shape: [1, rows], elements: .init(repeating: 1, count: rows))
      var (dx, db) = (try product(dy, weights, isa: isa), try product(ones, dy, isa: isa))
      (dx.shape, db.shape) = (input.shape, [db.elements.count])
      return [(x, dx), (w, try product(dy, matrix, transA: true, isa: isa)), (b, db)]
    }
  }

  /// The mean of -ln softmax(x)[target] over the rows of x.
  mutating func crossEntropy(_ x: String, targets: [Int], as output: String) throws {
    let logits = values[x]!
    var dx = Tensor<T>.unset(logits.shape)
    var out = dx.elements.mutableSpan
    let loss = try Kernels.crossEntropy(
      logits.elements.span, AxisShape(rows: logits.shape[0], columns: logits.shape[1]), targets: targets.span,
      gradient: &out, isa: isa)
    // Of a loss; there is nothing behind it.
    record(output, Tensor(shape: [1], elements: [loss])) { _ in [(x, dx)] }
  }

  /// y = (x - mean) / √(variance + epsilon) · g + h, mean and variance of each channel over batch and pixels.
  mutating func batchNormalization(_ x: String, _ g: String, _ h: String, epsilon: T, as output: String) throws {
    let (image, scale, shift) = (values[x]!, values[g]!, values[h]!)
    let channels = Channels<T>(image.shape, isa: isa)
    let mean = try channels.mean(image)
    let centred = try channels.combine(.subtract, image, mean)
    let variance = try channels.mean(channels.combine(.multiply, centred, centred))
    let deviation = variance.map { ($0 + epsilon).squareRoot() }
    let normalised = try channels.combine(.divide, centred, deviation)
    let y = try channels.combine(.add, channels.combine(.multiply, normalised, scale.elements), shift.elements)
    record(output, y) { dy in
      let product = try channels.combine(.multiply, dy, normalised)
      // dx = g / deviation · (dy - mean(dy) - normalised · mean(dy · normalised))
      let along = try channels.combine(.multiply, normalised, channels.mean(product))
      let rest = try channels.combine(.subtract, channels.combine(.subtract, dy, channels.mean(dy)), along)
      let dx = try channels.combine(.multiply, rest, zip(scale.elements, deviation).map { $0 / $1 })
      return [
        (x, dx), (g, Tensor(shape: scale.shape, elements: try channels.sum(product))),
        (h, Tensor(shape: scale.shape, elements: try channels.sum(dy))),
      ]
    }
  }
}

/// Reductions to one number for each channel, and operations with such numbers, of tensors [batch, channels, …].
private struct Channels<T: KernelScalar> {
  private let shape: [Int]
  private let isa: ISA

  init(_ shape: [Int], isa: ISA) {
    self.shape = [shape[0], shape[1], shape[2...].reduce(1, *)]
    self.isa = isa
  }

  /// Rows of pixels first, then those of the batch.
  func sum(_ x: Tensor<T>) throws -> [T] {
    var rows = [T](repeating: .nan, count: shape[0] * shape[1])
    var sums = [T](repeating: .nan, count: shape[1])
    var out = rows.mutableSpan
    try reduce(x.elements.span, AxisShape(rows: shape[0] * shape[1], columns: shape[2]), .sum, into: &out, isa: isa)
    var total = sums.mutableSpan
    try reduce(rows.span, AxisShape(of: [shape[0], shape[1]], axis: 0), .sum, into: &total, isa: isa)
    return sums
  }

  func mean(_ x: Tensor<T>) throws -> [T] { try sum(x).map { $0 / T(shape[0] * shape[2]) } }

  func combine(_ operation: BinaryOperation, _ x: Tensor<T>, _ numbers: [T]) throws -> Tensor<T> {
    var y = Tensor<T>.unset(x.shape)
    var out = y.elements.mutableSpan
    try Kernels.combine(
      operation, x.elements.span, numbers.span, into: &out, over: Broadcast(shape, [shape[1], 1]), isa: isa)
    return y
  }

  func combine(_ operation: BinaryOperation, _ a: Tensor<T>, _ b: Tensor<T>) throws -> Tensor<T> {
    var y = Tensor<T>.unset(a.shape)
    var out = y.elements.mutableSpan
    try Kernels.combine(operation, a.elements.span, b.elements.span, into: &out, isa: isa)
    return y
  }
}
