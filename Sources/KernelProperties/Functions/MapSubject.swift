import Kernels
import KernelsReference

/// A function of one element, in every form in which it can be called, with what it must be.
struct MapSubject<T: PropertyScalar>: Sendable {
  enum Form: Sendable {
    case function(ElementaryFunction)
    case activation(Activation<T>)
  }

  let name: String
  let form: Form
  let reference: @Sendable (T) -> ReferenceValue<T>

  /// In units in the last place of the reference's scale.
  let bound: @Sendable (T) -> Double

  /// 1 where the function rises, -1 where it falls, 0 where neither is promised.
  let direction: Int

  /// 1: f(-x) = -f(x); 2: f(-x) = f(x); 0: neither.
  let symmetry: Int

  /// Its name without parameters.
  var baseName: String { String(name.prefix { $0 != "(" }) }

  func callAsFunction(_ x: Span<T>, into y: inout MutableSpan<T>, isa: ISA, threads: Int) throws(KernelError) {
    switch form {
    case .function(let f): try evaluate(f, x, into: &y, isa: isa, threads: threads)
    case .activation(let f): try activate(f, x, into: &y, isa: isa, threads: threads)
    }
  }

  func callAsFunction(inPlace y: inout MutableSpan<T>, isa: ISA, threads: Int) throws(KernelError) {
    switch form {
    case .function(let f): try evaluate(f, inPlace: &y, isa: isa, threads: threads)
    case .activation(let f): try activate(f, inPlace: &y, isa: isa, threads: threads)
    }
  }

  func callAsFunction<V: KernelVector>(_ x: V) -> V where V.Scalar == T {
    switch form {
    case .function(let f): evaluate(f, x)
    case .activation(let f): activate(f, x)
    }
  }

  /// The results for `x` on one thread.
  func values(_ x: [T], isa: ISA, threads: Int = 1) throws -> [T] {
    var y = x
    var out = y.mutableSpan
    try self(x.span, into: &out, isa: isa, threads: threads)
    return y
  }
}

// MARK: Lists

extension MapSubject {
  static var functions: [MapSubject] {
    zip(ElementaryFunction.allCases, ReferenceFunction.allCases).map { function, reference in
      MapSubject(
        name: function.rawValue, form: .function(function), reference: { reference($0) },
        bound: { [bound = reference.bound(T.self)] _ in bound }, direction: reference.direction,
        symmetry: reference.symmetry)
    }
  }

  /// Every activation, those with parameters more than once.
  static var activations: [MapSubject] { activationPairs.map { activation($0, $1) } }

  private static func activation(_ kernel: Activation<T>, _ reference: ReferenceActivation<T>) -> MapSubject {
    let rises: Bool
    switch kernel {
    case .threshold, .gelu, .geluTanh, .silu, .swish, .mish, .hardSwish: rises = false
    case .hardSigmoid(let slope, _): rises = slope > 0
    default: rises = true
    }
    let isOdd = kernel == .tanh || kernel == .softsign
    return MapSubject(
      name: "\(kernel)", form: .activation(kernel), reference: { reference.value($0) },
      bound: { reference.bound(at: $0) }, direction: rises ? 1 : 0, symmetry: isOdd ? 1 : 0)
  }

  static var activationPairs: [(Activation<T>, ReferenceActivation<T>)] {
    [
      (.identity, .identity), (.relu, .relu), (.leakyReLU(), .leakyReLU(slope: 0.01)),
      (.leakyReLU(alpha: 0.25), .leakyReLU(slope: 0.25)), (.relu6, .clamp(low: 0, high: 6)),
      (.hardTanh(lo: -1.5, hi: 2.25), .clamp(low: -1.5, high: 2.25)),
      (.homogeneous(positive: 1.5, negative: 0.3), .homogeneous(positive: 1.5, negative: 0.3)),
      (.threshold(at: 0.5), .threshold(at: 0.5, value: 0)), (.elu(), .elu(alpha: 1)),
      (.elu(alpha: 0.7), .elu(alpha: 0.7)), (.selu, .selu), (.celu(), .celu(alpha: 1)),
      (.celu(alpha: 3), .celu(alpha: 3)), (.celu(alpha: 100), .celu(alpha: 100)), (.gelu, .gelu),
      (.geluTanh, .geluTanh), (.silu, .silu),
      (.swish(), .swish(beta: 1)), (.swish(beta: 1.7), .swish(beta: 1.7)), (.swish(beta: 0), .swish(beta: 0)),
      (.swish(beta: 1e-36), .swish(beta: 1e-36)), (.swish(beta: -0.001), .swish(beta: -0.001)), (.mish, .mish),
      (.softplus(), .softplus(beta: 1)), (.softplus(beta: 2), .softplus(beta: 2)),
      (.softplus(beta: 0.3), .softplus(beta: 0.3)), (.softplus(beta: 0.001), .softplus(beta: 0.001)),
      (.softplus(beta: -1.5), .softplus(beta: -1.5)), (.softsign, .softsign), (.sigmoid, .sigmoid),
      (.logSigmoid, .logSigmoid), (.tanh, .tanh),
      (.hardSigmoid(), .hardSigmoid(slope: 1 / 6, offset: 0.5)),
      (.hardSigmoid(slope: 0.2), .hardSigmoid(slope: 0.2, offset: 0.5)),
      (.hardSigmoid(slope: -0.3, offset: 0.2), .hardSigmoid(slope: -0.3, offset: 0.2)), (.hardSwish, .hardSwish),
      (.exp, .exp),
    ]
  }
}
