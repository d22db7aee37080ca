import Kernels
import KernelsReference

extension GEMMProperties {
  static var errors: [Claim] {
    [
      Claim(
        "malformed", "a malformed call throws an error that names the operand and both numbers, and changes nothing",
        weight: 2,
        generate: {
          var x = $0.gemm(.tiny)
          (x.m, x.n, x.k) = (max(x.m, 2), max(x.n, 2), max(x.k, 2))
          (x.packA, x.packB, x.batch) = (0, 0, 1)
          (x.a, x.b, x.c) = (LayoutChoice(), LayoutChoice(), LayoutChoice())
          (x.bias, x.hasResidual, x.slopes) = (2, 1, 2)
          x.residual = LayoutChoice()
          x.choice = $0.int(0...Malformation<T>.all.count - 1)
          return x
        }, check: malformed),
      Claim(
        "wrong-packing", "an operand packed for another instruction set, side or shape is refused; its size is known",
        generate: {
          var x = $0.gemm(.tiny)
          (x.m, x.n, x.k) = (max(x.m, 1), max(x.n, 1), max(x.k, 1))
          (x.batch, x.packA, x.packB) = (1, 0, 0)
          x.choice = $0.int(0...3)
          return x
        }, check: wrongPacking),
    ]
  }

  @Sendable private static func malformed(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    guard min(x.m, x.n, x.k) > 1, x.bias == 2, x.slopes == 2, x.hasResidual == 1, x.batch == 1, x.isDense
    else { return 0 }
    let problem = GEMMProblem<T>(x)
    let malformation = Malformation<T>.all[min(max(x.choice, 0), Malformation<T>.all.count - 1)]
    var call = Malformation<T>.Call(problem)
    let expected = malformation.apply(&call)
    do {
      try call.run(problem, isa)
      throw PropertyFailure("\(malformation.name): nothing was thrown, expected \(expected)")
    } catch let error as KernelError {
      let matches =
        error.kind == expected.kind && error.operand.lowercased().hasPrefix(expected.operand)
        && error.expected == expected.expected && error.got == expected.got
      guard matches else { throw PropertyFailure("\(malformation.name): threw \(error), expected \(expected)") }
    }
    try problem.checkDamage()
    try expectSame(problem.c.matrices(), problem.c.originalMatrices(), malformation.name)
    return 0
  }

  @Sendable private static func wrongPacking(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    guard min(x.m, x.n, x.k) > 0, x.batch == 1 else { return 0 }
    let problem = GEMMProblem<T>(x)
    let (a, b) = unsafe (problem.a.elements.span, problem.b.elements.span)
    var out = unsafe problem.c.elements.mutableSpan
    let shape = problem.b.shape
    let packed = try PackedMatrix(.b, b, shape, isa: isa)
    let bytes = try PackedMatrix<T>.byteCount(.b, rows: shape.rows, columns: shape.columns, isa: isa)
    guard packed.byteCount == bytes else {
      throw PropertyFailure("\(packed.byteCount) bytes packed, \(bytes) foretold")
    }
    var kinds: [KernelError.Kind] = [.wrongPacking]
    do {
      switch x.choice {
      case 0:
        guard let other = ISA.available.first(where: { $0 != isa }) else { return 0 }
        try gemm(a, problem.a.shape, packed, into: &out, problem.c.shape, isa: other)
      case 1:
        let wrongSide = try PackedMatrix(.a, b, shape, isa: isa)
        try gemm(a, problem.a.shape, wrongSide, into: &out, problem.c.shape, isa: isa)
      case 2:
        kinds = [.shapeMismatch, .wrongPacking]
        let narrower = try PackedMatrix(.b, b, shape[rows: 0..<x.k, columns: 0..<x.n - 1], isa: isa)
        try gemm(a, problem.a.shape, narrower, into: &out, problem.c.shape, isa: isa)
      default:
        kinds = [.shapeMismatch, .wrongPacking]
        let shallower = try PackedMatrix(.b, b, shape[rows: 0..<x.k - 1, columns: 0..<x.n], isa: isa)
        try gemm(a, problem.a.shape, shallower, into: &out, problem.c.shape, isa: isa)
      }
      throw PropertyFailure("a packed operand made for something else was taken")
    } catch let error as KernelError {
      guard kinds.contains(error.kind) else { throw PropertyFailure("threw \(error), expected \(kinds[0].rawValue)") }
    }
    try problem.checkDamage()
    try expectSame(problem.c.matrices(), problem.c.originalMatrices(), "a refused call")
    return 0
  }
}
