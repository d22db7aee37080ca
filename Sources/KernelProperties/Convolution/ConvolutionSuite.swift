import Kernels

extension Suite {
  /// Convolution, forward and backward.
  public static let convolution = Suite("conv", convolutionRunners(Float.self) + convolutionRunners(Double.self))

  private static func convolutionRunners<T: PropertyScalar>(_: T.Type) -> [PropertyRunner] {
    let properties =
      ConvolutionProperties<T>.accuracy + ConvolutionProperties<T>.bits + ConvolutionProperties<T>.theorems
      + ConvolutionProperties<T>.errors
    return properties.map { PropertyRunner("conv/\(T.typeName)", $0) }
  }
}

/// The properties of convolution over one element type, by topic.
enum ConvolutionProperties<T: PropertyScalar> {
  typealias Claim = Property<ConvolutionCase>

  /// A property of the problem that a case describes; cases that shrinking made invalid pass.
  static func claim(
    _ name: String, _ claim: String, weight: Int = 1, pinned: [ConvolutionCase] = [],
    generate: @escaping @Sendable (inout SplitMix64) -> ConvolutionCase = { $0.convolution() },
    check: @escaping @Sendable (ConvolutionProblem<T>, ISA) throws -> Double
  ) -> Claim {
    Claim(name, claim, weight: weight, pinned: pinned, generate: generate) { x, isa in
      x.isValid ? try check(ConvolutionProblem<T>(x), isa) : 0
    }
  }
}
