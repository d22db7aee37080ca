import Foundation
import KernelProperties
import Kernels
import Testing

/// What cannot be drawn at random: memory that runs out, and matrices larger than memory.
@Suite("The matrix product at its limits")
struct GEMMLimitTests {
  @Test("an allocation failure is an error that leaves C as it was", .timeLimit(.minutes(1)))
  func outOfMemory() async {
    await #expect(processExitsWith: .success) {
      let n = 700
      let operand = [Float](repeating: 1, count: n * n)
      var c = [Float](repeating: 7, count: n * n)
      // No further page from the system, and nothing as large as a packing buffer left in the heap.
      var limit = rlimit(rlim_cur: 0, rlim_max: 0)
      unsafe setrlimit(.init(RLIMIT_AS.rawValue), &limit)
      var blocks: UnsafeMutableRawPointer?
      while let block = unsafe malloc(1 << 15) {
        // Written to, so that the allocation is not optimised away.
        unsafe block.storeBytes(of: blocks, as: UnsafeMutableRawPointer?.self)
        unsafe blocks = block
      }
      do throws(KernelError) {
        var out = c.mutableSpan
        try gemm(operand.span, operand.span, into: &out, m: n, n: n, k: n, threads: 1)
        exit(2)
      } catch {
        let untouched = c.allSatisfy { $0 == 7 }
        exit(error.kind == .outOfMemory && error.expected > 0 && untouched ? 0 : 3)
      }
    }
  }

  @Test("strides beyond 2³¹ elements reach the right elements", arguments: ISA.available)
  func hugeStrides(isa: ISA) throws {
    let (m, n, k, stride) = (3, 5, 4, 1 << 31)
    // Sparse: 16 GiB each of address space, of which a few pages exist.
    let a = GuardedBuffer<Float>(count: (m - 1) * stride + k, side: .right, sparse: true)
    let c = GuardedBuffer<Float>(count: (m - 1) * stride + n, side: .right, sparse: true)
    let b = (0..<k * n).map { Float($0 % 7 - 3) }
    for i in 0..<m { for p in 0..<k { a.elements[i * stride + p] = Float(i + 2 * p) } }
    var out = unsafe c.elements.mutableSpan
    try unsafe gemm(
      a.elements.span, .rowMajor(m, k, stride: stride), b.span, MatrixShape(rows: k, columns: n), into: &out,
      .rowMajor(m, n, stride: stride), isa: isa)
    for i in 0..<m {
      for j in 0..<n {
        let sum = (0..<k).reduce(Float(0)) { $0 + Float(i + 2 * $1) * b[$1 * n + j] }
        #expect(c.elements[i * stride + j] == sum)
      }
    }
    withExtendedLifetime((a, c)) {}
  }
}
