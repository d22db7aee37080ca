import Kernels
import KernelsReference

extension ConvolutionProperties {
  static var errors: [Claim] {
    [
      claim("malformed", "every malformed call throws its error and writes nothing", weight: 3, generate: chosen) {
        problem, isa in
        try malformed(problem, isa)
        return 0
      },
      Claim("geometry", "an invalid geometry is refused by name", weight: 2, generate: chosen, check: invalid),
    ]
  }

  @Sendable private static func chosen(_ random: inout SplitMix64) -> ConvolutionCase {
    var x = random.convolution(budget: 1000)
    x.choice = random.int(0...9)
    return x
  }

  /// One operand too short, or packed for something else.
  private static func malformed(_ problem: ConvolutionProblem<T>, _ isa: ISA) throws {
    guard problem.x.batch > 0 else { return }
    let plan = try problem.plan(isa, epilogue: false)
    let filters = try plan.packed(problem.weights.span)
    let short = { (values: [T]) in Array(values.dropLast()) }
    var (y, small, work) = (problem.residual, short(problem.residual), [T](repeating: 0, count: 0))
    var out = y.mutableSpan
    var smallOut = small.mutableSpan
    var workspace = work.mutableSpan
    let expected: (KernelError.Kind, String)
    var caught: KernelError?
    do throws(KernelError) {
      switch problem.x.choice {
      case 0:
        expected = (.shortBuffer, "x")
        try plan.run(short(problem.image).span, filters, into: &out)
      case 1:
        expected = (.shortBuffer, "y")
        try plan.run(problem.image.span, filters, into: &smallOut)
      case 2:
        expected = (.shortBuffer, "bias")
        try plan.run(problem.image.span, filters, bias: short(problem.bias).span, into: &out)
      case 3:
        expected = (.shortBuffer, "residual")
        try plan.run(problem.image.span, filters, residual: short(problem.residual).span, into: &out)
      case 4:
        expected = (.shortBuffer, "weights")
        _ = try plan.packed(short(problem.weights).span)
      case 5:
        expected = (.badArgument, "residual while accumulating")
        try plan.run(problem.image.span, filters, residual: problem.residual.span, into: &out, accumulating: true)
      case 6:
        expected = (.shortBuffer, "workspace")
        guard try plan.workspaceCount > 0 else { return }
        try plan.run(problem.image.span, filters, into: &out, workspace: &workspace)
      case 7:
        expected = (.shortBuffer, "slopes")
        try plan.run(problem.image.span, filters, slopes: short(problem.slopes).span, into: &out)
      case 8:
        expected = (.badArgument, "slopes")
        let activated = try Convolution<T>(problem.geometry, activation: .relu, strict: true, isa: isa)
        try activated.run(problem.image.span, filters, slopes: problem.slopes.span, into: &out)
      default:
        expected = (.wrongPacking, "packed")
        var other = problem.geometry
        (other.channels, other.filters) = (other.channels * 2, other.filters * 2)
        let wide = try Convolution<T>(other, strict: true, isa: isa)
        let weights = [T](repeating: 1, count: wide.counts.weights)
        try plan.run(problem.image.span, wide.packed(weights.span), into: &out)
      }
    } catch { caught = error }
    guard let caught, caught.kind == expected.0, caught.operand == expected.1 else {
      throw PropertyFailure("expected \(expected), got \(caught.map(\.description) ?? "nothing")")
    }
    try expectSame(y, problem.residual, "y after a refused call")
    try expectSame(small, short(problem.residual), "y after a refused call")
  }

  @Sendable private static func invalid(_ x: ConvolutionCase, _ isa: ISA) throws -> Double {
    var g = x.geometry
    let expected: (KernelError.Kind, String)
    switch x.choice {
    case 0: (g.groups, expected) = (0, (.badArgument, "groups"))
    case 1: (g.channels, g.groups, expected) = (3, 2, (.badArgument, "groups of channels"))
    case 2: (g.channels, g.filters, g.groups, expected) = (4, 3, 2, (.badArgument, "groups of filters"))
    case 3: (g.stride.y, expected) = (0, (.badArgument, "stride height"))
    case 4: (g.dilation.z, expected) = (-1, (.badArgument, "dilation width"))
    case 5:
      (g.isTransposed, g.outputPadding, g.padBefore, g.padAfter) = (false, SIMD3(), SIMD3(), SIMD3())
      (g.kernel.z, g.dilation.z, expected) = (g.input.z + 1, 1, (.badArgument, "output width"))
      (g.kernel.x, g.kernel.y) = (1, 1)
    case 6: (g.batch, expected) = (-1, (.negativeSize, "batch"))
    default: (g.batch, expected) = (Int.max / 4, (.overflow, "elements"))
    }
    do {
      _ = try Convolution<T>(g, isa: isa)
    } catch let error {
      guard error.kind == expected.0, error.operand == expected.1 else {
        throw PropertyFailure("expected \(expected), got \(error)")
      }
      return 0
    }
    throw PropertyFailure("expected \(expected), got nothing")
  }
}
