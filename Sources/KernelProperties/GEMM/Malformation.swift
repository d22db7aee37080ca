import Kernels

/// A way to spoil a call, and the error it must be answered with.
struct Malformation<T: PropertyScalar> {
  /// The arguments that can be spoilt.  Counts are the elements that the call is told of.
  struct Call {
    var a, b, c, residual: MatrixShape
    var aCount, bCount, cCount, biasCount, residualCount, slopesCount: Int
    var activation = Activation<T>.identity
    var batch = 1
    var threads = 1
    let m, n, k: Int

    init(_ problem: GEMMProblem<T>) {
      (a, b, c, residual) = (problem.a.shape, problem.b.shape, problem.c.shape, problem.residual!.shape)
      (m, n, k) = (problem.x.m, problem.x.n, problem.x.k)
      (aCount, bCount, cCount) = (m * k, k * n, m * n)
      (biasCount, residualCount, slopesCount) = (n, m * n, n)
    }

    func run(_ problem: GEMMProblem<T>, _ isa: ISA) throws {
      let part = { (operand: Operand<T>, count: Int) in
        unsafe UnsafeMutableBufferPointer(rebasing: operand.elements[..<count])
      }
      let (aPart, bPart, cPart) = unsafe (part(problem.a, aCount), part(problem.b, bCount), part(problem.c, cCount))
      let (bias, residual) = unsafe (part(problem.bias!, biasCount), part(problem.residual!, residualCount))
      let slopes = unsafe part(problem.slopes!, slopesCount)
      var out = unsafe cPart.mutableSpan
      try unsafe gemm(
        aPart.span, a, bPart.span, b, into: &out, c, batch: batch, alpha: problem.alpha, beta: problem.beta,
        bias: bias.span, residual: residual.span, residualShape: self.residual, activation: activation,
        slopes: slopes.span, isa: isa, threads: threads)
    }
  }

  let name: String

  /// Spoils the call and tells the error it deserves; `operand` in lower case, what it must begin with.
  let apply: @Sendable (inout Call) -> KernelError

  private init(_ name: String, _ apply: @escaping @Sendable (inout Call) -> KernelError) {
    self.name = name
    self.apply = apply
  }

  private static func error(_ kind: KernelError.Kind, _ operand: String, _ expected: Int, _ got: Int) -> KernelError {
    KernelError(kind, operand: operand, expected: expected, got: got)
  }

  static var all: [Malformation] { shortBuffers + strides + sizes }

  private static var shortBuffers: [Malformation] {
    [
      Malformation("A one element short") {
        $0.aCount -= 1
        return error(.shortBuffer, "a", $0.m * $0.k, $0.m * $0.k - 1)
      },
      Malformation("B one element short") {
        $0.bCount -= 1
        return error(.shortBuffer, "b", $0.k * $0.n, $0.k * $0.n - 1)
      },
      Malformation("C one element short") {
        $0.cCount -= 1
        return error(.shortBuffer, "c", $0.m * $0.n, $0.m * $0.n - 1)
      },
      Malformation("bias one element short") {
        $0.biasCount -= 1
        return error(.shortBuffer, "bias", $0.n, $0.n - 1)
      },
      Malformation("slopes one element short") {
        $0.slopesCount -= 1
        return error(.shortBuffer, "slopes", $0.n, $0.n - 1)
      },
      Malformation("residual one element short") {
        $0.residualCount -= 1
        return error(.shortBuffer, "residual", $0.m * $0.n, $0.m * $0.n - 1)
      },
      Malformation("A from offset 1") {
        $0.a.offset = 1
        return error(.shortBuffer, "a", $0.m * $0.k, $0.m * $0.k - 1)
      },
    ]
  }

  /// The widest stride between `count` elements whose bytes can be counted.
  private static func widestStride(_ count: Int) -> Int { (.max / MemoryLayout<T>.stride - 1) / (count - 1) }

  private static var strides: [Malformation] {
    [
      Malformation("A with a negative row stride") {
        $0.a.strides.x = -1
        return error(.badStride, "a", 0, -1)
      },
      Malformation("B with a negative column stride") {
        $0.b.strides.y = -3
        return error(.badStride, "b", 0, -3)
      },
      Malformation("C with a negative row stride") {
        $0.c.strides.x = -2
        return error(.badStride, "c", 0, -2)
      },
      Malformation("C that repeats a column") {
        $0.c.strides.y = 0
        return error(.badStride, "c", 1, 0)
      },
      Malformation("C whose rows overlap") {
        $0.c.strides.x = $0.n - 1
        return $0.n == 2 ? error(.badStride, "c", $0.m, 1) : error(.badStride, "c", $0.n, $0.n - 1)
      },
      Malformation("A with a row stride that overflows") {
        $0.a.strides.x = .max
        return error(.overflow, "a", widestStride($0.m), .max)
      },
      Malformation("A whose bytes overflow") {
        $0.a.strides.x = .max / ($0.m - 1) - $0.k
        return error(.overflow, "a", widestStride($0.m), $0.a.strides.x)
      },
    ]
  }

  private static var sizes: [Malformation] {
    [
      Malformation("B with another depth than A") {
        $0.b.size.x -= 1
        return error(.shapeMismatch, "b rows", $0.k, $0.k - 1)
      },
      Malformation("C with another height than A") {
        $0.c.size.x += 1
        return error(.shapeMismatch, "c rows", $0.m, $0.m + 1)
      },
      Malformation("C with another width than B") {
        $0.c.size.y += 1
        return error(.shapeMismatch, "c columns", $0.n, $0.n + 1)
      },
      Malformation("a residual with another width than C") {
        $0.residual.size.y += 1
        return error(.shapeMismatch, "residual columns", $0.n, $0.n + 1)
      },
      Malformation("a negative height") {
        ($0.a.size.x, $0.c.size.x) = (-1, -1)
        ($0.residual.size.x) = -1
        return error(.negativeSize, "m", 0, -1)
      },
      Malformation("a negative batch") {
        $0.batch = -2
        return error(.negativeSize, "batch", 0, -2)
      },
      Malformation("no threads") {
        $0.threads = 0
        return error(.badArgument, "threads", 1, 0)
      },
      Malformation("slopes and another activation") {
        $0.activation = .relu
        return error(.badArgument, "slopes", 0, 1)
      },
      Malformation("a batch of one C") {
        ($0.batch, $0.c.batchStride) = (2, 0)
        return error(.badStride, "c", 1, 0)
      },
    ]
  }
}
