import Kernels

/// A parameter of the network with its gradient and its momentum.
struct Parameter: Sendable {
  var value: [Float]
  var gradient: [Float]
  private var velocity: [Float]

  init(count: Int) {
    value = [Float](repeating: 0, count: count)
    gradient = value
    velocity = value
  }

  mutating func step(_ sgd: SGD) {
    sgd.step(&value, velocity: &velocity, gradient: gradient)
  }
}

/// Where and with how many threads the products run.
struct Machine: Sendable {
  var isa = ISA.current
  var threads = Threads.current

  /// C <- activation(A B + bias for each column).
  func product(
    _ a: [Float], _ aShape: MatrixShape, _ b: [Float], _ bShape: MatrixShape, into c: inout [Float],
    _ cShape: MatrixShape, bias: [Float] = [], activation: Activation<Float> = .identity
  ) throws(KernelError) {
    var c = c.mutableSpan
    try gemm(
      a.span, aShape, b.span, bShape, into: &c, cShape, bias: bias.isEmpty ? nil : bias.span, biasAxis: .column,
      activation: activation, isa: isa, threads: threads)
  }
}

/// Y = activation(X W + b): X is rows x inputs, W inputs x outputs, Y rows x outputs, all row-major.
struct Dense: Sendable {
  let inputs: Int
  let outputs: Int
  let activation: Activation<Float>
  var weights: Parameter
  var bias: Parameter
  /// Y of the last forward pass.
  var output: [Float]
  /// d(loss)/d(X W + b), set before `backward`.
  var delta: [Float]
  /// As many ones as a batch has rows: 1ᵀ·delta is the gradient of the bias.
  private let ones: [Float]

  init(
    inputs: Int, outputs: Int, activation: Activation<Float>, rows: Int, _ random: inout SplitMix64
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.activation = activation
    weights = Parameter(count: inputs * outputs)
    bias = Parameter(count: outputs)
    output = [Float](repeating: 0, count: rows * outputs)
    delta = output
    ones = [Float](repeating: 1, count: rows)
    initialise(&weights.value, inputs: inputs, &random)
  }

  /// Y <- activation(X W + b), bias and activation fused into the product.
  mutating func forward(_ x: [Float], rows: Int, on machine: Machine) throws(KernelError) {
    try machine.product(
      x, MatrixShape(rows: rows, columns: inputs), weights.value, MatrixShape(rows: inputs, columns: outputs),
      into: &output, MatrixShape(rows: rows, columns: outputs), bias: bias.value, activation: activation)
  }

  /// The gradients: dW <- Xᵀ delta, db <- 1ᵀ delta.
  mutating func backward(_ x: [Float], rows: Int, on machine: Machine) throws(KernelError) {
    let deltaShape = MatrixShape(rows: rows, columns: outputs)
    try machine.product(
      x, MatrixShape(rows: rows, columns: inputs).transposed, delta, deltaShape,
      into: &weights.gradient, MatrixShape(rows: inputs, columns: outputs))
    try machine.product(
      ones, MatrixShape(rows: 1, columns: rows), delta, deltaShape,
      into: &bias.gradient, MatrixShape(rows: 1, columns: outputs))
  }

  /// dX <- delta Wᵀ.
  func backward(into dx: inout [Float], rows: Int, on machine: Machine) throws(KernelError) {
    try machine.product(
      delta, MatrixShape(rows: rows, columns: outputs),
      weights.value, MatrixShape(rows: inputs, columns: outputs).transposed,
      into: &dx, MatrixShape(rows: rows, columns: inputs))
  }

  mutating func step(_ sgd: SGD) {
    weights.step(sgd)
    bias.step(sgd)
  }

  /// Floating-point operations of X W for one row.
  var operations: Double { 2 * Double(inputs) * Double(outputs) }
}
