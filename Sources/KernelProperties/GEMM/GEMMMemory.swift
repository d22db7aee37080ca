import Kernels
import KernelsReference

extension GEMMProperties {
  static var memory: [Claim] {
    [
      Claim(
        "guard-pages", "no call reads or writes a byte outside its operands", weight: 4,
        generate: {
          var x = $0.gemm(.tiny)
          x.bias = $0.int(0...2)
          x.hasResidual = $0.int(0...1)
          x.slopes = $0.int(0...2)
          return x
        },
        check: { x, isa in
          _ = try GEMMProblem<T>(x).product(isa)
          return 0
        }),
      Claim(
        "gaps", "NaNs in the gaps between elements neither spread nor change",
        generate: {
          var x = $0.gemm(budget: 1 << 15)
          x.fill = $0.int(0...2)
          (x.a.gap, x.b.gap, x.c.gap) = ($0.int(1...9), $0.int(1...9), $0.int(1...9))
          (x.a.step, x.b.step, x.c.step) = ($0.int(1...3), $0.int(1...3), $0.int(1...3))
          return x
        },
        check: { x, isa in
          let problem = GEMMProblem<T>(x)
          try expectSame(problem.product(isa), denseProducts(problem, isa), "with gaps and without differ")
          return 0
        }),
      Claim(
        "overlap", "C may touch A, B, the bias, the slopes or the residual, but not overlap it", weight: 2,
        generate: {
          var x = $0.gemm(.tiny)
          (x.m, x.n, x.k) = (max(x.m, 1), max(x.n, 1), max(x.k, 1))
          x.batch = 1
          x.choice = $0.int(0...4)
          x.place = $0.chance(30) ? $0.pick([-1000, 1000]) : $0.int(-40...40)
          return x
        }, check: overlap),
    ]
  }

  /// Operand `choice` and C lie in one buffer, C starting `place` elements after it (or just before or after all of it
  /// where that is further).
  @Sendable private static func overlap(_ x: GEMMCase, _ isa: ISA) throws -> Double {
    guard min(x.m, x.n, x.k) > 0 else { return 0 }
    let counts = [x.m * x.k, x.k * x.n, x.n, x.m * x.n, x.m]
    let names = ["a", "b", "bias", "residual", "slopes"]
    let choice = min(max(x.choice, 0), names.count - 1)
    let name = names[choice]
    let inputs = counts.map { GuardedBuffer<T>(count: $0, side: .right) }
    let (shared, output) = (counts[choice], x.m * x.n)
    let distance = min(max(x.place, -output), shared)
    let arena = GuardedBuffer<T>(count: max(shared, distance + output) - min(0, distance), side: .right)
    for index in 0..<arena.elements.count { arena.elements[index] = T(index % 5) }
    for input in inputs { for index in 0..<input.elements.count { input.elements[index] = T(index % 3) } }
    let before = unsafe Array(arena.elements)
    let start = max(0, -distance)
    let views = unsafe inputs.indices.map { index in
      unsafe index == choice
        ? UnsafeMutableBufferPointer(rebasing: arena.elements[start..<start + shared]) : inputs[index].elements
    }
    // SAFETY: the buffers outlive the spans, which overlap on purpose: the call must find out before it writes.
    defer { withExtendedLifetime((inputs, arena)) {} }
    let place = start + distance..<start + distance + output
    let target = unsafe UnsafeMutableBufferPointer(rebasing: arena.elements[place])
    var out = unsafe target.mutableSpan
    let bytes = max(0, min(shared, distance + output) - max(0, distance)) * MemoryLayout<T>.stride
    do {
      let (aView, bView, biasView, residualView) = unsafe (views[0], views[1], views[2], views[3])
      let slopesView = unsafe views[4]
      try unsafe gemm(
        aView.span, MatrixShape(rows: x.m, columns: x.k), bView.span, MatrixShape(rows: x.k, columns: x.n),
        into: &out, MatrixShape(rows: x.m, columns: x.n), beta: 1, bias: biasView.span,
        residual: residualView.span, slopes: slopesView.span, slopesAxis: .row, isa: isa, threads: x.threads)
      guard bytes == 0 else { throw PropertyFailure("\(bytes) bytes shared with \(name) went unnoticed") }
    } catch let error as KernelError {
      guard bytes > 0 else { throw PropertyFailure("neighbours were taken for an overlap: \(error)") }
      guard error.kind == .overlap, error.operand.lowercased() == name, error.got > 0, error.got <= bytes else {
        throw PropertyFailure("\(bytes) bytes shared with \(name) were reported as \(error)")
      }
      guard before.indices.allSatisfy({ arena.elements[$0].bits == before[$0].bits }) else {
        throw PropertyFailure("a rejected call wrote to C")
      }
    }
    return 0
  }
}
