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

  /// The step of that number, from 1.
  mutating func step(_ sgd: SGD, number: Int, on machine: Machine) throws(KernelError) {
    try machine.step(sgd, &value, gradient: gradient, velocity: &velocity, number: number)
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
    inputs: Int, outputs: Int, activation: Activation<Float>, rows: Int, from source: RandomSource
  ) throws(KernelError) {
    self.inputs = inputs
    self.outputs = outputs
    self.activation = activation
    weights = Parameter(count: inputs * outputs)
    bias = Parameter(count: outputs)
    output = [Float](repeating: 0, count: rows * outputs)
    delta = output
    ones = [Float](repeating: 1, count: rows)
    var values = weights.value.mutableSpan
    // The gain of ReLU; the bias starts at 0.
    try initialize(&values, .kaimingUniform(), fans: Fans(inputs: inputs, outputs: outputs), from: source)
  }

  /// Y <- activation(X W + b), bias and activation fused into the product.
  mutating func forward(_ x: [Float], rows: Int, on machine: Machine) throws(KernelError) {
    try machine.product(
      "dense", x, MatrixShape(rows: rows, columns: inputs), weights.value, MatrixShape(rows: inputs, columns: outputs),
      into: &output, MatrixShape(rows: rows, columns: outputs), bias: bias.value, activation: activation)
  }

  /// The gradients: dW <- Xᵀ delta, db <- 1ᵀ delta.
  mutating func backward(_ x: [Float], rows: Int, on machine: Machine) throws(KernelError) {
    let deltaShape = MatrixShape(rows: rows, columns: outputs)
    try machine.product(
      "dense, gradient of the weights", x, MatrixShape(rows: rows, columns: inputs).transposed, delta, deltaShape,
      into: &weights.gradient, MatrixShape(rows: inputs, columns: outputs))
    try machine.product(
      "dense, gradient of the bias", ones, MatrixShape(rows: 1, columns: rows), delta, deltaShape,
      into: &bias.gradient, MatrixShape(rows: 1, columns: outputs))
  }

  /// dX <- delta Wᵀ.
  func backward(into dx: inout [Float], rows: Int, on machine: Machine) throws(KernelError) {
    try machine.product(
      "dense, gradient of the input", delta, MatrixShape(rows: rows, columns: outputs),
      weights.value, MatrixShape(rows: inputs, columns: outputs).transposed,
      into: &dx, MatrixShape(rows: rows, columns: inputs))
  }

  /// Drops elements of the output.
  mutating func drop(_ p: Double, from source: RandomSource, on machine: Machine) throws(KernelError) {
    try machine.drop(&output, p, from: source)
  }

  /// delta <- d(loss)/d(X W + b) from d(loss)/dY, which stands there.  Dropped elements of Y are 0, as ReLU's are.
  mutating func backwardThroughActivation(
    dropped p: Double, from source: RandomSource, on machine: Machine
  ) throws(KernelError) {
    try machine.backward(activation, output, dropped: p, from: source, &delta)
  }

  /// Sets delta where this layer's output are logits, and says what they are worth, in one pass.
  mutating func lossGradient(_ labels: [Int], on machine: Machine) throws(KernelError) -> Score {
    let mean = try machine.crossEntropyGradient(
      output, AxisShape(rows: labels.count, columns: outputs), labels, into: &delta)
    return Score(
      loss: Double(mean) * Double(labels.count), correct: countCorrect(output, labels: labels, classes: outputs))
  }

  /// A row of probabilities for each row of logits.
  func probabilities(rows: Int, on machine: Machine) throws(KernelError) -> [Float] {
    var p = Array(output.prefix(rows * outputs))
    var out = p.mutableSpan
    try softmax(inPlace: &out, AxisShape(rows: rows, columns: outputs), isa: machine.isa, threads: machine.threads)
    return p
  }

  mutating func step(_ sgd: SGD, number: Int, on machine: Machine) throws(KernelError) {
    try weights.step(sgd, number: number, on: machine)
    try bias.step(sgd, number: number, on: machine)
  }

  /// Floating-point operations of X W for one row.
  var operations: Double { 2 * Double(inputs) * Double(outputs) }
}
