/// How many inputs and outputs the weights of a layer connect: what the spread of their first values depends on.
public struct Fans: Hashable, Sendable {
  /// Terms of the sum that makes one output.
  public var inputs: Int

  /// Sums that one input takes part in.
  public var outputs: Int

  /// Makes the fans of a layer that is known by them.
  public init(inputs: Int, outputs: Int) {
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The fans of weights of the given shape: outputs × inputs for a linear layer, outputs × inputs (of a group) × kernel
  /// for a convolution.
  ///
  /// ```swift
  /// try Fans(shape: [64, 3, 7, 7])  // inputs: 3·7·7 = 147, outputs: 64·7·7 = 3136
  /// ```
  ///
  /// - Throws: ``KernelError/Kind/shapeMismatch`` below two dimensions, ``KernelError/Kind/negativeSize``,
  ///   ``KernelError/Kind/overflow``.
  public init(shape: [Int]) throws(KernelError) {
    guard shape.count >= 2 else {
      throw KernelError(.shapeMismatch, operand: "shape dimensions", expected: 2, got: shape.count)
    }
    var kernel = 1
    for (place, size) in shape.enumerated() {
      guard size >= 0 else { throw KernelError(.negativeSize, operand: "shape", expected: 0, got: size) }
      if place >= 2 { kernel = try Fans.product(kernel, size) }
    }
    inputs = try Fans.product(shape[1], kernel)
    outputs = try Fans.product(shape[0], kernel)
  }

  private static func product(_ a: Int, _ b: Int) throws(KernelError) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    if overflow { throw KernelError(.overflow, operand: "shape", expected: .max, got: b) }
    return product
  }
}

/// Distributions for the first values of weights.
public enum Initialization: Hashable, Sendable {
  /// Which of the two fans the spread depends on.
  public enum Mode: Hashable, Sendable {
    /// Keeps the variance of activations on the way forward.
    case inputs
    /// Keeps the variance of gradients on the way back.
    case outputs
  }

  /// Uniform over ±1/√inputs: PyTorch's default for the weights and the bias of linear layers and convolutions.
  case standard

  /// Uniform over ±gain·√(6 / (inputs + outputs)).  Source: X. Glorot and Y. Bengio, AISTATS 2010.
  case xavierUniform(gain: Double = 1)

  /// Normal with deviation gain·√(2 / (inputs + outputs)).
  case xavierNormal(gain: Double = 1)

  /// Uniform over ±gain·√(3 / fan); the gain of ReLU is √2.  Source: K. He et al., ICCV 2015.
  case kaimingUniform(gain: Double = 2.squareRoot(), mode: Mode = .inputs)

  /// Normal with deviation gain/√fan; the gain of ReLU is √2.
  case kaimingNormal(gain: Double = 2.squareRoot(), mode: Mode = .inputs)

  /// The standard deviation of the distribution for these fans.
  public func deviation(_ fans: Fans) -> Double {
    switch self {
    case .standard: 1 / (3 * Double(fans.inputs)).squareRoot()
    case .xavierUniform(let gain), .xavierNormal(let gain):
      gain * (2 / (Double(fans.inputs) + Double(fans.outputs))).squareRoot()
    case .kaimingUniform(let gain, let mode), .kaimingNormal(let gain, let mode):
      gain / Double(mode == .inputs ? fans.inputs : fans.outputs).squareRoot()
    }
  }

  /// Whether the distribution is normal; otherwise it is uniform over ±√3 deviations.
  var isNormal: Bool {
    switch self {
    case .xavierNormal, .kaimingNormal: true
    case .standard, .xavierUniform, .kaimingUniform: false
    }
  }

  /// That the fans it depends on are above 0, and that its gain is a finite number above 0.
  func check(_ fans: Fans) throws(KernelError) {
    let mode: Mode?
    let gain: Double
    switch self {
    case .standard: (mode, gain) = (.inputs, 1)
    case .xavierUniform(let factor), .xavierNormal(let factor): (mode, gain) = (nil, factor)
    case .kaimingUniform(let factor, let fan), .kaimingNormal(let factor, let fan): (mode, gain) = (fan, factor)
    }
    for (fan, operand, count) in [(Mode.inputs, "fans inputs", fans.inputs), (.outputs, "fans outputs", fans.outputs)]
    where fan == mode ?? fan && count < 1 {
      throw KernelError(.badArgument, operand: operand, expected: 1, got: count)
    }
    guard gain > 0, gain.isFinite else { throw KernelError(.badArgument, operand: "gain", expected: 1, got: 0) }
  }

  /// The half width of a uniform distribution.
  func bound(_ fans: Fans) -> Double {
    if case .standard = self { return 1 / Double(fans.inputs).squareRoot() }
    return 3.squareRoot() * deviation(fans)
  }
}

/// Sets the elements of `y` to numbers of the distribution that `scheme` makes of `fans`.
///
/// ```swift
/// let fans = try Fans(shape: [64, 3, 7, 7])
/// try initialize(&weights, .kaimingNormal(), fans: fans, from: RandomSource(seed: 42, stream: 0))
/// try initialize(&bias, .standard, fans: fans, from: RandomSource(seed: 42, stream: 1))
/// ```
///
/// - Parameters:
///   - y: weights, or a bias.
///   - scheme: the distribution.
///   - fans: of the layer's weights.
///   - source: the element of a sequence that becomes `y[0]`.
///   - isa: the instruction set to run.
///   - threads: the most threads to use; nil takes ``Threads/current``.
/// - Throws: ``KernelError`` before anything is written: ``KernelError/Kind/badArgument`` where a fan that the spread
///   depends on is below 1, the gain is no finite number above 0, or the spread is none that the type can hold;
///   ``KernelError/Kind/overflow`` where the sequence ends.
/// - Accuracy: as ``randomUniform(into:in:from:isa:threads:)`` and ``randomNormal(into:mean:deviation:from:isa:threads:)``,
///   bounds and deviations being computed in `Double` and rounded once.
/// - Edge cases: an empty span does nothing, once the fans and the gain are found sound.  A fan that the spread does
///   not depend on may be 0.
/// - Threads: as ``randomUniform(into:in:from:isa:threads:)``.
@inlinable
public func initialize<T: KernelScalar>(
  _ y: inout MutableSpan<T>, _ scheme: Initialization, fans: Fans, from source: RandomSource, isa: ISA = .current,
  threads: Int? = nil
) throws(KernelError) {
  try _draw(try _Distribution(scheme, fans), into: &y, source, isa, threads)
}
