import Kernels
import Testing

@Suite struct ShapeTests {
  @Test("row-major, column-major and transposed shapes find the same element")
  func layouts() {
    let rowMajor = MatrixShape(rows: 3, columns: 4)
    #expect(rowMajor.index(row: 2, column: 1) == 9)
    #expect(rowMajor.transposed.index(row: 1, column: 2) == 9)
    #expect(rowMajor.transposed.transposed == rowMajor)
    let columnMajor = MatrixShape.columnMajor(3, 4, stride: 5, offset: 2)
    #expect(columnMajor.index(row: 2, column: 1) == 2 + 5 + 2)
    #expect(columnMajor.size == SIMD2(3, 4))
    #expect(columnMajor.strides == SIMD2(1, 5))
  }

  @Test("a block of a block is a block")
  func blocks() {
    let whole = MatrixShape.rowMajor(10, 20, stride: 32, offset: 3)
    let block = whole[rows: 2..<8, columns: 5..<15]
    #expect(block.size == SIMD2(6, 10))
    #expect(block[rows: 1..<2, columns: 3..<4].offset == whole.index(row: 3, column: 8))
  }

  @Test("dense matrices of a batch lie back to back, and an absurd size does not trap")
  func batches() {
    #expect(MatrixShape(rows: 3, columns: 4).batchStride == 12)
    #expect(MatrixShape.rowMajor(3, 4, stride: 8).batchStride == 24)
    #expect(MatrixShape.columnMajor(3, 4, stride: 5).batchStride == 20)
    #expect(MatrixShape(rows: .max, columns: .max).batchStride == .max)
    #expect(MatrixShape(rows: .max, columns: -3).batchStride == .min)
  }

  @Test("a product of blocks touches nothing around the block of C", arguments: ISA.available)
  func blockProduct(isa: ISA) throws {
    let big = MatrixShape.rowMajor(9, 11, stride: 13)
    let data = pattern(9 * 13)
    var c = [Double](repeating: 99, count: 9 * 13)
    let cShape = big[rows: 2..<5, columns: 4..<10]
    do {
      var out = c.mutableSpan
      try gemm(
        data.span, big[rows: 1..<4, columns: 2..<7], data.span, big[rows: 3..<8, columns: 1..<7], into: &out, cShape,
        isa: isa)
    }
    for row in 0..<3 {
      for column in 0..<6 {
        let expected = (0..<5).map { data[(1 + row) * 13 + 2 + $0] * data[(3 + $0) * 13 + 1 + column] }.reduce(0, +)
        #expect(c[cShape.index(row: row, column: column)] == expected)
        c[cShape.index(row: row, column: column)] = 99
      }
    }
    #expect(c.allSatisfy { $0 == 99 })
  }
}

/// Small integers without a short period, so that sums are exact and misplaced elements show.
func pattern(_ count: Int) -> [Double] { (0..<count).map { Double(($0 &* 7919 &+ 13) % 17 - 8) } }
