import Kernels

/// Y = activation(X ⊛ W + b [+ residual]), "same" padding, channels last.
struct ConvolutionLayer: Sendable {
  /// Of one image.
  let geometry: ConvolutionGeometry
  let activation: Activation<Float>
  var weights: Parameter
  var bias: Parameter
  /// Y of the last forward pass.
  private(set) var output: [Float]
  /// d(loss)/d(X ⊛ W + b), set before `backward`.
  var delta: [Float]
  /// Forward and backward plans for each number of rows, made when it is met first.
  private var plans: [Int: (forward: Convolution<Float>, backward: Convolution<Float>)] = [:]
  private var workspace: [Float] = []
  /// Multiplications of the formula for one image.
  private let products: Int

  /// On images of side x side elements; `rows` is the most images of a batch.  The weights start uniform with the gain
  /// (that of ReLU, √2, where nothing else is said), the bias at 0.
  init(
    channels: Int, filters: Int, kernel: Int, side: Int, activation: Activation<Float> = .relu,
    gain: Double = 2.0.squareRoot(), rows: Int, from source: RandomSource
  ) throws(KernelError) {
    geometry = ConvolutionGeometry(
      channels: channels, filters: filters, input: SIMD2(side, side), kernel: SIMD2(kernel, kernel), padding: .same,
      filterLayout: .filtersLast)
    self.activation = activation
    products = try geometry.products
    weights = Parameter(count: try geometry.weightCount)
    bias = Parameter(count: filters)
    output = [Float](repeating: 0, count: rows * side * side * filters)
    delta = output
    var values = weights.value.mutableSpan
    let taps = kernel * kernel
    try initialize(
      &values, .kaimingUniform(gain: gain), fans: Fans(inputs: taps * channels, outputs: taps * filters), from: source)
  }

  var name: String {
    "\(geometry.kernel.y)x\(geometry.kernel.z) \(geometry.channels) to \(geometry.filters) at \(geometry.input.z)"
  }

  /// Floating-point operations of X ⊛ W for one image.
  var operations: Double { 2 * Double(products) }

  private mutating func plan(
    rows: Int, on machine: Machine
  ) throws(KernelError) -> (forward: Convolution<Float>, backward: Convolution<Float>) {
    if let plan = plans[rows] { return plan }
    var batch = geometry
    batch.batch = rows
    let forward = try Convolution<Float>(
      batch, activation: activation, isa: machine.isa, threads: machine.threads)
    let plan = (forward, try forward.backwardData())
    let needed = try max(
      forward.workspaceCount, forward.backwardWeightsWorkspaceCount, plan.1.workspaceCount, workspace.count)
    workspace += [Float](repeating: 0, count: needed - workspace.count)
    plans[rows] = plan
    return plan
  }

  /// Y <- activation(X ⊛ W + b + residual), all in one call.
  mutating func forward(
    _ x: [Float], residual: [Float] = [], rows: Int, on machine: Machine
  ) throws(KernelError) {
    let plan = try plan(rows: rows, on: machine).forward
    try machine.convolve(
      "convolution \(name)", plan, x, weights.value, bias: bias.value, residual: residual, into: &output,
      workspace: &workspace, operations: Double(rows) * operations)
  }

  /// The gradients of weights and bias.
  mutating func backward(_ x: [Float], rows: Int, on machine: Machine) throws(KernelError) {
    let plan = try plan(rows: rows, on: machine).forward
    try machine.convolutionGradients(
      "convolution \(name), gradient of the weights", plan, x, delta, into: &weights.gradient, bias: &bias.gradient,
      workspace: &workspace, operations: Double(rows) * operations)
  }

  /// dX <- the gradient of the input + `adding`.
  mutating func backward(
    into dx: inout [Float], adding: [Float] = [], rows: Int, on machine: Machine
  ) throws(KernelError) {
    let plan = try plan(rows: rows, on: machine).backward
    try machine.convolve(
      "convolution \(name), gradient of the input", plan, delta, weights.value, residual: adding, into: &dx,
      workspace: &workspace, operations: Double(rows) * operations)
  }

  /// delta <- d(loss)/d(X ⊛ W + b) from d(loss)/dY, which stands there.
  mutating func backwardThroughActivation(on machine: Machine) throws(KernelError) {
    try machine.backward(activation, output, &delta)
  }

  /// Drops elements of the output.
  mutating func drop(_ p: Double, from source: RandomSource, on machine: Machine) throws(KernelError) {
    try machine.drop(&output, p, from: source)
  }

  /// As `backwardThroughActivation`, where elements of the output were dropped too: those are 0, as ReLU's are.
  mutating func backwardThroughActivation(
    dropped p: Double, from source: RandomSource, on machine: Machine
  ) throws(KernelError) {
    try machine.backward(activation, output, dropped: p, from: source, &delta)
  }

  mutating func step(_ sgd: SGD, number: Int, on machine: Machine) throws(KernelError) {
    try weights.step(sgd, number: number, on: machine)
    try bias.step(sgd, number: number, on: machine)
  }
}

/// The largest of every 2 x 2 elements, channels last.
struct MaxPoolLayer: Sendable {
  /// Y of the last forward pass.
  private(set) var output: [Float]
  /// d(loss)/dY, set before `backward`.
  var delta: [Float]
  private var indices: [Int32]
  private let channels: Int
  private let side: Int

  /// On images of side x side elements; `rows` is the most images of a batch.
  init(channels: Int, side: Int, rows: Int) {
    self.channels = channels
    self.side = side
    output = [Float](repeating: 0, count: rows * (side / 2) * (side / 2) * channels)
    delta = output
    indices = [Int32](repeating: 0, count: output.count)
  }

  private var name: String { "max-pool 2x2 of \(channels) at \(side)" }

  private func pooling(_ rows: Int) -> Pooling {
    Pooling(.max, batch: rows, channels: channels, input: SIMD2(side, side), kernel: SIMD2(2, 2))
  }

  mutating func forward(_ x: [Float], rows: Int, on machine: Machine) throws(KernelError) {
    try machine.pool(name, x, pooling(rows), into: &output, indices: &indices)
  }

  /// dX <- the gradient of the input.
  func backward(into dx: inout [Float], rows: Int, on machine: Machine) throws(KernelError) {
    try machine.poolBackward(name + ", gradient", delta, indices: indices, pooling(rows), into: &dx)
  }

  /// delta <- delta times the derivative of the activation before this layer, which a monotone function commutes with:
  /// a quarter of the elements.
  mutating func backwardThrough(_ activation: Activation<Float>, on machine: Machine) throws(KernelError) {
    try machine.backward(activation, output, &delta)
  }
}
