import Kernels
import Testing

@Suite struct PackedMatrixTests {
  struct Size: Sendable, CustomTestStringConvertible {
    let m: Int
    let n: Int
    let k: Int
    var testDescription: String { "\(m)x\(n)x\(k)" }
    static let all = [
      Size(m: 1, n: 1, k: 1), Size(m: 7, n: 33, k: 65), Size(m: 50, n: 20, k: 300), Size(m: 129, n: 70, k: 41),
      Size(m: 3, n: 5, k: 0),
    ]
  }

  @Test("packing either operand or both changes no bit", arguments: ISA.available, Size.all)
  func sameBits(isa: ISA, size: Size) throws {
    let (m, n, k) = (size.m, size.n, size.k)
    let a = pattern(m * k).map { Float($0) / 3 }
    let b = pattern(k * n).map { Float($0) / 7 }
    let bias = pattern(n).map { Float($0) / 5 }
    let aShape = MatrixShape(rows: m, columns: k)
    let bShape = MatrixShape.columnMajor(k, n)
    let cShape = MatrixShape(rows: m, columns: n)
    let ap = try PackedMatrix(.a, a.span, aShape, isa: isa)
    let bp = try PackedMatrix(.b, b.span, bShape, isa: isa)
    let plain = try filled(m * n) { (out) throws(KernelError) in
      try gemm(
        a.span, aShape, b.span, bShape, into: &out, cShape, beta: 0.5, bias: bias.span, activation: .relu, isa: isa)
    }
    let packedA = try filled(m * n) { (out) throws(KernelError) in
      try gemm(ap, b.span, bShape, into: &out, cShape, beta: 0.5, bias: bias.span, activation: .relu)
    }
    let packedB = try filled(m * n) { (out) throws(KernelError) in
      try gemm(a.span, aShape, bp, into: &out, cShape, beta: 0.5, bias: bias.span, activation: .relu)
    }
    let both = try filled(m * n) { (out) throws(KernelError) in
      try gemm(ap, bp, into: &out, cShape, beta: 0.5, bias: bias.span, activation: .relu)
    }
    #expect(packedA == plain)
    #expect(packedB == plain)
    #expect(both == plain)
  }

  @Test("the byte count is known before packing", arguments: ISA.available, Size.all)
  func byteCount(isa: ISA, size: Size) throws {
    let data = pattern(size.m * size.k)
    let shape = MatrixShape(rows: size.m, columns: size.k)
    for side in [PackedSide.a, .b] {
      let packed = try PackedMatrix(side, data.span, shape, isa: isa)
      #expect(try packed.byteCount == PackedMatrix<Double>.byteCount(side, rows: size.m, columns: size.k, isa: isa))
      #expect(packed.byteCount >= size.m * size.k * 8)
    }
  }

  @Test("a packed operand serves only its own side and instruction set", arguments: ISA.available)
  func wrongPacking(isa: ISA) throws {
    let data = pattern(16)
    let shape = MatrixShape(rows: 4, columns: 4)
    let b = try PackedMatrix(.b, data.span, shape, isa: isa)
    var c = pattern(16)
    for other in ISA.available where other != isa {
      let error = #expect(throws: KernelError.self) {
        var out = c.mutableSpan
        try gemm(data.span, shape, b, into: &out, shape, isa: other)
      }
      #expect(error?.kind == .wrongPacking)
    }
    let error = #expect(throws: KernelError.self) {
      var out = c.mutableSpan
      try gemm(b, data.span, shape, into: &out, shape)
    }
    #expect(error?.kind == .wrongPacking)
    #expect(error?.operand == "a")
    #expect(c == data)
  }

  @Test("sizes that cannot be are errors")
  func badSizes() {
    let data = pattern(4)
    let negative = #expect(throws: KernelError.self) {
      try PackedMatrix(.b, data.span, MatrixShape(rows: -1, columns: 4))
    }
    #expect(negative?.kind == .negativeSize)
    let huge = #expect(throws: KernelError.self) {
      try PackedMatrix<Float>.byteCount(.a, rows: 1 << 40, columns: 1 << 40)
    }
    #expect(huge?.kind == .overflow)
    let short = #expect(throws: KernelError.self) { try PackedMatrix(.b, data.span, MatrixShape(rows: 5, columns: 1)) }
    #expect(short?.kind == .shortBuffer)
  }

  private func filled(
    _ count: Int, _ body: (inout MutableSpan<Float>) throws(KernelError) -> Void
  ) throws -> [UInt32] {
    var c = pattern(count).map { Float($0) }
    do {
      var out = c.mutableSpan
      try body(&out)
    }
    return c.map(\.bitPattern)
  }
}
