import Kernels
import KernelsReference

/// The properties of random numbers over one element type.
enum RandomProperties<T: PropertyScalar> {
  typealias Claim = Property<RandomCase>

  static func source(_ x: RandomCase, skipping: Int = 0) -> RandomSource {
    RandomSource(seed: UInt64(x.seed), stream: UInt64(x.stream), offset: UInt64(x.offset)).advanced(by: skipping)
  }

  /// The input of dropout: whole numbers and eighths, of both signs.
  static func input(_ n: Int) -> [T] { (0..<n).map { T($0 % 64 - 31) / 8 } }

  /// Draws what the case says into `y`; dropout works on `x`, or in place where that is nil.
  static func draw(
    _ c: RandomCase, _ x: [T]? = nil, into y: inout MutableSpan<T>, skipping: Int = 0, _ isa: ISA, threads: Int? = nil
  ) throws(KernelError) {
    let (place, threads) = (source(c, skipping: skipping), threads ?? c.threads)
    switch c.kind {
    case 0: try randomUniform(into: &y, in: -3..<5, from: place, isa: isa, threads: threads)
    case 1: try randomNormal(into: &y, mean: 0.5, deviation: 2, from: place, isa: isa, threads: threads)
    case 2: try randomBernoulli(into: &y, probability: c.probability, from: place, isa: isa, threads: threads)
    default:
      if let x {
        try dropout(x.span, into: &y, p: c.probability, from: place, isa: isa, threads: threads)
      } else {
        try dropout(inPlace: &y, p: c.probability, from: place, isa: isa, threads: threads)
      }
    }
  }

  /// n elements drawn into an array.
  static func drawn(_ c: RandomCase, _ isa: ISA, threads: Int? = nil) throws(KernelError) -> [T] {
    var y = input(c.n)
    var out = y.mutableSpan
    try draw(c, into: &out, isa, threads: threads)
    return y
  }

  static func expectSame(_ got: [T], _ expected: [T], _ what: String) throws {
    let differs = expected.indices.first { !got[$0].isSame(as: expected[$0]) }
    guard let index = differs else { return }
    throw PropertyFailure("\(what): element \(index) is \(got[index]), not \(expected[index])")
  }
}

extension Suite {
  /// Random numbers and dropout.
  public static let random = Suite("random", runners(Float.self) + runners(Double.self))

  private static func runners<T: PropertyScalar>(_: T.Type) -> [PropertyRunner] {
    (RandomProperties<T>.values + RandomProperties<T>.bits + RandomProperties<T>.dropouts)
      .map { PropertyRunner("random/\(T.typeName)", $0) }
  }
}
