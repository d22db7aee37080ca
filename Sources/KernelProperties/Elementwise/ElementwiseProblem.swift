import Kernels
import KernelsReference

/// The properties of elementwise calls over one element type, by topic.
enum ElementwiseProperties<T: PropertyScalar> {
  typealias Claim = Property<ElementwiseCase>

  static var all: [Claim] { operations + bias + parameters }
}

extension Suite {
  /// Operations on the elements of two or three operands, the gradients of parameters, conversions.
  public static let elementwise = Suite("elementwise", runners(Float.self) + runners(Double.self))

  private static func runners<T: PropertyScalar>(_: T.Type) -> [PropertyRunner] {
    ElementwiseProperties<T>.all.map { PropertyRunner("elementwise/\(T.typeName)", $0) }
  }
}

/// The operands of a case between guard pages, and what the call must give.
struct ElementwiseProblem<T: PropertyScalar> {
  let x: ElementwiseCase
  let operands: [GuardedBuffer<T>]
  let shapes: [[Int]]
  let values: [[T]]
  let broadcast: Broadcast
  let activation: Activation<T>

  /// nil where the operation has two operands.
  let ternary: TernaryOperation?
  let binary: BinaryOperation

  private static var activations: [Activation<T>] {
    [.identity, .relu, .leakyReLU(alpha: 0.25), .clamp(lo: -1.5, hi: 2.25), .tanh, .silu]
  }

  init(_ x: ElementwiseCase) throws {
    self.x = x
    let number = min(max(x.operation, 0), elementwiseOperations - 1)
    let binaries = BinaryOperation.allCases
    binary = binaries[min(number, binaries.count - 1)]
    ternary = number < binaries.count ? nil : TernaryOperation.allCases[number - binaries.count]
    activation = Self.activations[min(max(x.activation, 0), Self.activations.count - 1)]
    // No dimension is repeated by both a and b, so that the sizes are those of the case.
    let all = [x.repeatsA, x.repeatsB & ~x.repeatsA, x.repeatsC].map { x.shape($0) }
    shapes = Array(all.prefix(ternary == nil ? 2 : 3))
    broadcast = try ternary == nil ? Broadcast(all[0], all[1]) : Broadcast(all[0], all[1], all[2])
    values = zip(["a", "b", "c"], shapes).map { name, shape in x.values(name, shape.reduce(1, *)) }
    operands = values.map { values in
      let buffer = GuardedBuffer<T>(
        count: values.count, side: x.flushLeft == 1 ? .left : .right, shift: max(x.shift, 0))
      for index in values.indices { buffer.elements[index] = values[index] }
      return buffer
    }
  }

  /// The result on `isa`, whether or not the operands came through unchanged.
  func result(_ isa: ISA, threads: Int? = nil) throws -> [T] {
    let y = GuardedBuffer<T>(count: x.count, side: x.flushLeft == 1 ? .left : .right, shift: max(x.shift, 0))
    for index in 0..<x.count { y.elements[index] = T.canary }
    // SAFETY: the buffers outlive the spans, and each has memory of its own.
    var out = unsafe y.elements.mutableSpan
    let (a, b, c) = (operands[0], operands[1], operands[operands.count - 1])
    let threads = threads ?? x.threads
    if let ternary {
      try unsafe combine(
        ternary, a.elements.span, b.elements.span, c.elements.span, into: &out, over: broadcast,
        activation: activation, isa: isa, threads: threads)
    } else {
      try unsafe combine(
        binary, a.elements.span, b.elements.span, into: &out, over: broadcast, activation: activation, isa: isa,
        threads: threads)
    }
    for (buffer, before) in zip(operands + [y], values) {
      guard buffer.surroundingsAreIntact else { throw PropertyFailure("bytes beside a buffer changed") }
      guard before.indices.allSatisfy({ buffer.elements[$0].bits == before[$0].bits }) else {
        throw PropertyFailure("an operand changed")
      }
    }
    guard y.surroundingsAreIntact else { throw PropertyFailure("bytes beside y changed") }
    return unsafe Array(y.elements)
  }

  /// The operation by its definition, then the function over buffers.
  func expected(_ isa: ISA) throws -> [T] {
    let wide = zip(values, shapes).map { referenceBroadcast($0, $1, to: x.sizes) }
    let plain = (0..<x.count).map { index in
      if let ternary, let reference = ReferenceTernary(rawValue: ternary.rawValue) {
        return reference(wide[0][index], wide[1][index], wide[2][index])
      }
      return ReferenceBinary(rawValue: binary.rawValue)!(wide[0][index], wide[1][index])
    }
    var y = plain
    var out = y.mutableSpan
    try activate(activation, inPlace: &out, isa: isa, threads: 1)
    return y
  }

  func expect(_ got: [T], _ expected: [T], _ what: String) throws {
    try expectSame(got, expected, "\(ternary?.rawValue ?? binary.rawValue) \(what)")
  }
}

/// That two rows of numbers are the same bit for bit (any NaN matches any NaN).
func expectSame<T: PropertyScalar>(_ got: [T], _ expected: [T], _ what: String) throws {
  guard let index = expected.indices.first(where: { !got[$0].isSame(as: expected[$0]) }) else { return }
  throw PropertyFailure("\(what): element \(index) is \(got[index]), not \(expected[index])")
}
