import KernelProperties
import Kernels
import Testing

/// Every rule of the matrix product, each on its share of the 10,000 cases per element type and instruction set.
@Suite("The matrix product")
struct GEMMPropertyTests {
  // MARK: Accuracy

  @Test("sums of integers are exact", arguments: ISA.available)
  func exactIntegers(isa: ISA) { expectHolds(.gemm, "exact-integers", on: isa) }

  @Test("every error is within (K + 2) u (|α||A||B| + |βC|)", arguments: ISA.available)
  func errorBound(isa: ISA) { expectHolds(.gemm, "error-bound", on: isa) }

  @Test("GEMV, outer products and long dot products keep the bound", arguments: ISA.available)
  func skinny(isa: ISA) { expectHolds(.gemm, "skinny", on: isa) }

  @Test("a short sum has the bits of the promised order, special values included", arguments: ISA.available)
  func oneChain(isa: ISA) { expectHolds(.gemm, "one-chain", on: isa) }

  // MARK: Algebra

  @Test("the product is linear in α", arguments: ISA.available)
  func linearInAlpha(isa: ISA) { expectHolds(.gemm, "linear-alpha", on: isa) }

  @Test("the product is linear in β", arguments: ISA.available)
  func linearInBeta(isa: ISA) { expectHolds(.gemm, "linear-beta", on: isa) }

  @Test("doubling α and β doubles the result, bit for bit", arguments: ISA.available)
  func scaling(isa: ISA) { expectHolds(.gemm, "scaling", on: isa) }

  @Test("K may be split anywhere", arguments: ISA.available)
  func splitDepth(isa: ISA) { expectHolds(.gemm, "split-depth", on: isa) }

  @Test("(A B)ᵀ = BᵀAᵀ, bit for bit, unless just one of m and n is 1", arguments: ISA.available)
  func transposed(isa: ISA) { expectHolds(.gemm, "transposed", on: isa) }

  // MARK: Bits

  @Test("any row and column strides give the bits of dense operands", arguments: ISA.available)
  func anyStrides(isa: ISA) { expectHolds(.gemm, "any-strides", on: isa) }

  @Test("a row of C has the same bits when it is computed alone", arguments: ISA.available)
  func rowAlone(isa: ISA) { expectHolds(.gemm, "row-alone", on: isa) }

  @Test("two columns of C have the same bits when they are computed alone", arguments: ISA.available)
  func columnAlone(isa: ISA) { expectHolds(.gemm, "column-alone", on: isa) }

  @Test("a batch gives the bits of a loop", arguments: ISA.available)
  func batchIsLoop(isa: ISA) { expectHolds(.gemm, "batch-is-loop", on: isa) }

  @Test("packed operands give the bits of plain ones", arguments: ISA.available)
  func packed(isa: ISA) { expectHolds(.gemm, "packed", on: isa) }

  @Test("1 to 8 threads give the same bits", arguments: ISA.available)
  func threads(isa: ISA) { expectHolds(.gemm, "threads", on: isa) }

  @Test("the bits do not depend on alignment", arguments: ISA.available)
  func alignment(isa: ISA) { expectHolds(.gemm, "alignment", on: isa) }

  @Test("fused instruction sets give the same bits, others keep the bound", arguments: ISA.available)
  func instructionSets(isa: ISA) { expectHolds(.gemm, "instruction-sets", on: isa) }

  @Test("a fused epilogue gives the bits of separate steps", arguments: ISA.available)
  func epilogue(isa: ISA) { expectHolds(.gemm, "epilogue", on: isa) }

  @Test("slopes in the epilogue give the bits of the library's PReLU", arguments: ISA.available)
  func prelu(isa: ISA) { expectHolds(.gemm, "prelu", on: isa) }

  // MARK: Rules

  @Test("β = 0 never reads C", arguments: ISA.available)
  func betaZero(isa: ISA) { expectHolds(.gemm, "beta-zero", on: isa) }

  @Test("α = 0 never reads A or B", arguments: ISA.available)
  func alphaZero(isa: ISA) { expectHolds(.gemm, "alpha-zero", on: isa) }

  @Test("K = 0 never reads A or B", arguments: ISA.available)
  func depthZero(isa: ISA) { expectHolds(.gemm, "depth-zero", on: isa) }

  @Test("M = 0, N = 0 or an empty batch does nothing", arguments: ISA.available)
  func empty(isa: ISA) { expectHolds(.gemm, "empty", on: isa) }

  @Test("NaN propagates along its row or column and no further", arguments: ISA.available)
  func nan(isa: ISA) { expectHolds(.gemm, "nan", on: isa) }

  @Test("±Inf propagates along its row or column and no further", arguments: ISA.available)
  func infinity(isa: ISA) { expectHolds(.gemm, "infinity", on: isa) }

  // MARK: Memory and errors

  @Test("no byte outside an operand is read or written", arguments: ISA.available)
  func guardPages(isa: ISA) { expectHolds(.gemm, "guard-pages", on: isa) }

  @Test("NaNs in the gaps of strided operands neither spread nor change", arguments: ISA.available)
  func gaps(isa: ISA) { expectHolds(.gemm, "gaps", on: isa) }

  @Test("an overlap of C with A, B, bias, slopes or residual is rejected", arguments: ISA.available)
  func overlap(isa: ISA) { expectHolds(.gemm, "overlap", on: isa) }

  @Test("malformed calls, overflowing products included, throw with operand and numbers", arguments: ISA.available)
  func malformed(isa: ISA) { expectHolds(.gemm, "malformed", on: isa) }

  @Test("packing is tied to instruction set, side and shape, and its size is known", arguments: ISA.available)
  func wrongPacking(isa: ISA) { expectHolds(.gemm, "wrong-packing", on: isa) }

  // MARK: The run as a whole

  @Test("replay: the case that SWIFT_KERNELS_REPLAY names", .enabled(if: Options.replay != nil))
  func replayed() throws { expectPassed(try replay(Options.replay ?? "")) }

  @Test("past failures stay fixed", arguments: pinned)
  func pinnedCase(line: String) throws {
    guard ISA.available.contains(where: { line.contains("/\($0.name)/") }) else { return }
    expectPassed(try replay(line))
  }

  /// The smallest form of every failure ever found.
  private static let pinned = [
    // Was reported as a short buffer where the other side's packed form is smaller.
    "gemm/f32/avx2/wrong-packing choice=1", "gemm/f64/generic/wrong-packing",
  ]
}
