import Kernels
import Testing

@Suite struct MatrixTests {
  @Test("rows start on 64-byte boundaries and hold whole vectors", arguments: [0, 1, 7, 8, 16, 17, 100])
  func alignment(columns: Int) throws {
    let matrix = try Matrix<Double>(rows: 3, columns: columns) { Double(10 * $0 + $1) }
    #expect(matrix.stride % 8 == 0 && matrix.stride >= columns && matrix.stride < columns + 8)
    for row in 0..<3 {
      matrix.withVectors(ofRow: row) { vectors in
        #expect(vectors.count == matrix.stride / 8)
        let address = unsafe vectors.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        #expect(vectors.isEmpty || address % 64 == 0)
        for column in 0..<columns { #expect(vectors[column / 8][column % 8] == Double(10 * row + column)) }
        for column in columns..<matrix.stride { #expect(vectors[column / 8][column % 8] == 0) }
      }
    }
  }

  @Test("vectors, elements and the span are the same storage")
  func views() throws {
    var matrix = try Matrix<Float>(rows: 2, columns: 20)
    matrix.withMutableVectors(ofRow: 1) { $0[1] = SIMD16(repeating: 3) }
    #expect(matrix[1, 15] == 0)
    #expect(matrix[1, 16] == 3)
    matrix[0, 19] = 5
    let shape = matrix.shape
    let seen = matrix.withSpan { [$0[shape.index(row: 0, column: 19)], $0[shape.index(row: 1, column: 19)]] }
    #expect(seen == [5, 3])
    matrix.withMutableSpan { $0[0] = 8 }
    #expect(matrix[0, 0] == 8)
  }

  @Test("a copy has storage of its own")
  func copies() throws {
    var original = try Matrix<Double>(rows: 4, columns: 5) { Double($0 * $1) }
    let copy = try original.copy()
    original[3, 4] = -1
    #expect(copy[3, 4] == 12)
  }

  @Test("products match the definition for each transposition, and leave the padding alone", arguments: ISA.available)
  func products(isa: ISA) throws {
    let (m, n, k) = (13, 21, 34)
    let a = try Matrix<Double>(rows: m, columns: k) { Double(($0 * 5 + $1 * 3) % 7 - 3) }
    let at = try Matrix<Double>(rows: k, columns: m) { a[$1, $0] }
    let b = try Matrix<Double>(rows: k, columns: n) { Double(($0 * 2 + $1 * 11) % 5 - 2) }
    let bt = try Matrix<Double>(rows: n, columns: k) { b[$1, $0] }
    let ap = try PackedMatrix(.a, at, transposed: true, isa: isa)
    let bp = try PackedMatrix(.b, b, isa: isa)
    var c = try Matrix<Double>(rows: m, columns: n) { _, _ in .nan }
    func check(_ c: borrowing Matrix<Double>) {
      for i in 0..<m {
        for j in 0..<n { #expect(c[i, j] == (0..<k).map { a[i, $0] * b[$0, j] }.reduce(0, +)) }
        c.withVectors(ofRow: i) { row in for j in n..<24 { #expect(row[j / 8][j % 8] == 0) } }
      }
    }
    try gemm(a, b, into: &c, isa: isa)
    check(c)
    try gemm(at, bt, into: &c, transposeA: true, transposeB: true, isa: isa)
    check(c)
    try gemm(a, bp, into: &c)
    check(c)
    try gemm(ap, bt, into: &c, transposeB: true)
    check(c)
  }

  @Test("sizes that cannot be are errors")
  func badSizes() {
    func kind(_ rows: Int, _ columns: Int) -> KernelError.Kind? {
      do throws(KernelError) {
        _ = try Matrix<Float>(rows: rows, columns: columns)
        return nil
      } catch {
        return error.kind
      }
    }
    #expect(kind(-1, 4) == .negativeSize)
    #expect(kind(4, -1) == .negativeSize)
    #expect(kind(4, .max) == .overflow)
    #expect(kind(1 << 40, 1 << 40) == .overflow)
    #expect(kind(1 << 30, 1 << 30) == .outOfMemory)
    #expect(kind(0, 0) == nil)
  }

  @Test("matrices cross task boundaries")
  func sendable() async throws {
    let matrix = try Matrix<Float>(rows: 2, columns: 2) { Float($0 + $1) }
    let sum = await Task { [matrix] in matrix[0, 1] + matrix[1, 1] }.value
    #expect(sum == 3)
  }
}
